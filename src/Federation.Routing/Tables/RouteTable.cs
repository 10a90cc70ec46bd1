using Federation.Routing.Documents;

namespace Federation.Routing.Tables;

/// <summary>
/// What a gateway serves at one moment: hosts and paths to workloads to endpoints. Immutable but for the shared knowledge of
/// <see cref="NodeReach"/> and <see cref="EndpointState"/>; a request that began with a table ends with it. Lookups allocate nothing.
/// </summary>
public sealed class RouteTable
{
    private readonly ShardedMap<HostRoutes> _hosts;
    private readonly ShardedMap<HostRoutes> _wildcards;
    private readonly ShardedMap<RoutedService> _services;

    internal RouteTable(long version, ShardedMap<HostRoutes> hosts, ShardedMap<HostRoutes> wildcards, ShardedMap<RoutedService> services)
    {
        Version = version;
        _hosts = hosts;
        _wildcards = wildcards;
        _services = services;
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } = new(0, ShardedMap<HostRoutes>.Empty, ShardedMap<HostRoutes>.Empty, ShardedMap<RoutedService>.Empty);

    /// <summary>Rises with each table of one builder.</summary>
    public long Version { get; }

    /// <summary>How many hosts have routes.</summary>
    public int Hosts => _hosts.Count + _wildcards.Count;

    /// <summary>How many workloads are known.</summary>
    public int Services => _services.Count;

    /// <summary>
    /// Finds the route for a request's host (as the request carries it, with or without port, in any case) and decoded path: the exact host, or else
    /// the longest <c>*.</c> host above it; then the longest path in whole segments.
    /// </summary>
    public RouteMatch Match(ReadOnlySpan<char> host, ReadOnlySpan<char> path)
    {
        ReadOnlySpan<char> name = HostName.Normalise(host);
        HostRoutes? routes = _hosts.Find(name);
        if (routes is null && _wildcards.Count > 0)
        {
            ReadOnlySpan<char> rest = name;
            for (int dot = rest.IndexOf('.'); routes is null && dot >= 0; dot = rest.IndexOf('.'))
            {
                rest = rest[(dot + 1)..];
                routes = _wildcards.Find(rest);
            }
        }
        if (routes is null) return default;
        RouteEntry? entry = routes.Find(path, out string service);
        return entry is null ? new RouteMatch(true, null, null) : new RouteMatch(true, entry, _services.Find(service));
    }

    /// <summary>The workload of that key (<c>tenant/namespace/name</c>), or null.</summary>
    public RoutedService? FindService(ReadOnlySpan<char> key) => _services.Find(key);

    /// <summary>All routes, in order of host and path.</summary>
    public IEnumerable<RouteEntry> AllRoutes() =>
        _hosts.All().Concat(_wildcards.All()).SelectMany(static pair => pair.Value.Entries).OrderBy(static entry => entry.Key, StringComparer.Ordinal);

    /// <summary>All workloads, in order of their keys.</summary>
    public IEnumerable<RoutedService> AllServices() => _services.All().Select(static pair => pair.Value);

    internal RouteTable Next(
        IReadOnlyCollection<KeyValuePair<string, HostRoutes?>> hosts,
        IReadOnlyCollection<KeyValuePair<string, HostRoutes?>> wildcards,
        IReadOnlyCollection<KeyValuePair<string, RoutedService?>> services) =>
        new(Version + 1, _hosts.With(hosts), _wildcards.With(wildcards), _services.With(services));
}
