namespace Federation.Adapters.Swarm.Services;

/// <summary>Remembers which fields were repaired when: one that somebody keeps changing back is contested, and then left to people.</summary>
internal sealed class DriftBook(TimeProvider time)
{
    private const int MostRepairs = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Service, string Path), List<long>> _repairs = [];

    /// <summary>The fields that were repaired too often of late to be repaired again.</summary>
    public IReadOnlyList<string> Contested(string service, IReadOnlyList<string> paths) => [.. paths.Where(path => Recent(service, path).Count >= MostRepairs)];

    /// <summary>Takes note of a repair.</summary>
    public void Repaired(string service, IReadOnlyList<string> paths)
    {
        foreach (string path in paths) Recent(service, path).Add(time.GetTimestamp());
    }

    /// <summary>Forgets services that are gone.</summary>
    public void Keep(IReadOnlySet<string> services)
    {
        foreach ((string Service, string Path) key in _repairs.Keys.Where(key => !services.Contains(key.Service)).ToArray()) _repairs.Remove(key);
    }

    private List<long> Recent(string service, string path)
    {
        if (!_repairs.TryGetValue((service, path), out List<long>? times)) _repairs[(service, path)] = times = [];
        times.RemoveAll(at => time.GetElapsedTime(at) > Window);
        return times;
    }
}
