using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Placement.Planning;

/// <summary>
/// How long each target has been judged lost, on this process's monotonic clock. A restart begins anew, which only delays a move.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class TolerationClock(TimeProvider time)
{
    private readonly SortedDictionary<string, (ClusterId Cluster, NodeId? Node, long Since)> _lost = new(StringComparer.Ordinal);

    /// <summary>Takes over the present verdicts: targets that are lost now begin or go on, all others are forgotten.</summary>
    public void Observe(IEnumerable<Verdict> verdicts)
    {
        var now = new HashSet<string>(StringComparer.Ordinal);
        foreach (Verdict verdict in verdicts)
        {
            if (!verdict.State.IsLost()) continue;
            string key = verdict.Node is { } node ? $"{verdict.Cluster}/{node}" : $"{verdict.Cluster}";
            now.Add(key);
            _lost.TryAdd(key, (verdict.Cluster, verdict.Node, time.GetTimestamp()));
        }
        foreach (string key in _lost.Keys.Where(key => !now.Contains(key)).ToArray()) _lost.Remove(key);
    }

    /// <summary>The lost targets and for how long.</summary>
    public IEnumerable<(ClusterId Cluster, NodeId? Node, TimeSpan For)> Lost() =>
        _lost.Values.Select(entry => (entry.Cluster, entry.Node, time.GetElapsedTime(entry.Since)));
}
