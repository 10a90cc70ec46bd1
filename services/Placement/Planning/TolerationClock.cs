using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>
/// How long each target has been judged lost, on this process's monotonic clock, and which workloads have left it since. A restart begins anew, which
/// only delays a move.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class TolerationClock(TimeProvider time)
{
    private readonly SortedDictionary<string, (TargetLoss Loss, long Since)> _lost = new(StringComparer.Ordinal);
    private readonly HashSet<ToleratedLoss> _released = [];
    private double _allowance;
    private long? _allowedAt;

    /// <summary>Takes over the present verdicts: targets that are lost now begin or go on, all others are forgotten.</summary>
    public void Observe(IEnumerable<Verdict> verdicts)
    {
        var now = new HashSet<string>(StringComparer.Ordinal);
        foreach (Verdict verdict in verdicts)
        {
            if (!verdict.State.IsLost()) continue;
            string key = Key(verdict.Cluster, verdict.Node);
            now.Add(key);
            long since = _lost.TryGetValue(key, out (TargetLoss Loss, long Since) known) ? known.Since : time.GetTimestamp();
            _lost[key] = (new TargetLoss(verdict.Cluster, verdict.Node, verdict.State == VerdictState.NotReady, TimeSpan.Zero), since);
        }
        foreach (string key in _lost.Keys.Where(key => !now.Contains(key)).ToArray()) _lost.Remove(key);
        _released.RemoveWhere(loss => !now.Contains(Key(loss.Cluster, loss.Node)));
    }

    /// <summary>The lost targets and for how long.</summary>
    public IEnumerable<TargetLoss> Lost() => _lost.Values.Select(entry => entry.Loss with { For = time.GetElapsedTime(entry.Since) });

    /// <summary>Lets go, at a pace, of shares whose toleration has ended; what was let go of stays so while its target is lost.</summary>
    /// <param name="due">Those whose toleration has ended, the most urgent first.</param>
    /// <param name="pace">How many may leave in a second.</param>
    public Release Release(IReadOnlyList<DueLoss> due, EvictionPace pace)
    {
        long now = time.GetTimestamp();
        var fresh = new List<DueLoss>();
        int waiting = 0;
        if (pace.PerSecond is not { } rate)
        {
            _allowedAt = null;
            foreach (DueLoss entry in due)
                if (_released.Add(entry.Loss)) fresh.Add(entry);
            return new Release(_released.ToHashSet(), fresh, 0, null);
        }
        // At most one second's worth is saved up, and a whole one to begin with.
        _allowance = _allowedAt is { } before ? Math.Min(rate, _allowance + (rate * time.GetElapsedTime(before, now).TotalSeconds)) : rate;
        _allowedAt = now;
        // A workload leaves as one, however many targets it leaves.
        WorkloadKey? leaving = null;
        foreach (DueLoss entry in due)
        {
            if (_released.Contains(entry.Loss)) continue;
            if (entry.Moves && leaving != entry.Loss.Workload)
            {
                if (_allowance < 1)
                {
                    waiting++;
                    continue;
                }
                _allowance--;
                leaving = entry.Loss.Workload;
            }
            _released.Add(entry.Loss);
            fresh.Add(entry);
        }
        return new Release(_released.ToHashSet(), fresh, waiting, waiting > 0 && rate > 0 ? TimeSpan.FromSeconds((1 - _allowance) / rate) : null);
    }

    private static string Key(ClusterId cluster, NodeId? node) => node is { } name ? $"{cluster}/{name}" : $"{cluster}";
}
