using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Placement.Moving;

/// <summary>For how long clusters have been ready without a break, on this process's monotonic clock. A restart begins anew, which only delays a return.</summary>
/// <param name="time">The clock.</param>
public sealed class SteadyClusters(TimeProvider time)
{
    private readonly Dictionary<(ClusterId Cluster, NodeId? Node), long> _readySince = [];

    /// <summary>Takes over the present verdicts: what is ready begins or goes on, all else is forgotten.</summary>
    public void Observe(IEnumerable<Verdict> verdicts)
    {
        var ready = new HashSet<(ClusterId, NodeId?)>();
        foreach (Verdict verdict in verdicts)
        {
            if (verdict.State != VerdictState.Ready) continue;
            ready.Add((verdict.Cluster, verdict.Node));
            _readySince.TryAdd((verdict.Cluster, verdict.Node), time.GetTimestamp());
        }
        foreach ((ClusterId, NodeId?) place in _readySince.Keys.Where(place => !ready.Contains(place)).ToArray()) _readySince.Remove(place);
    }

    /// <summary>For how long the cluster, and every node of it that is ready, has been so; null if it is not. A node that came back a moment ago may go again.</summary>
    public TimeSpan? For(ClusterId cluster)
    {
        if (!_readySince.ContainsKey((cluster, null))) return null;
        return time.GetElapsedTime(_readySince.Where(pair => pair.Key.Cluster == cluster).Max(static pair => pair.Value));
    }
}
