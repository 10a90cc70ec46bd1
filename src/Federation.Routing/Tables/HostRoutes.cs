using Federation.Routing.Documents;

namespace Federation.Routing.Tables;

/// <summary>The routes of one host, longest path first.</summary>
internal sealed class HostRoutes(IEnumerable<RouteEntry> entries)
{
    private readonly RouteEntry[] _entries =
        [.. entries.OrderByDescending(static entry => entry.Path.Length).ThenBy(static entry => entry.Path, StringComparer.Ordinal)];

    private readonly string[] _services =
        [.. entries.OrderByDescending(static entry => entry.Path.Length).ThenBy(static entry => entry.Path, StringComparer.Ordinal).Select(static entry => entry.Service.ToString())];

    public IReadOnlyList<RouteEntry> Entries => _entries;

    public RouteEntry? Find(ReadOnlySpan<char> path, out string service)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            if (!PathPrefix.Holds(_entries[i].Path, path)) continue;
            service = _services[i];
            return _entries[i];
        }
        service = "";
        return null;
    }
}
