using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Rollouts;

/// <summary>
/// How long things have been as they are while a workload is rolled out, on this process's monotonic clock. A restart begins anew, which only delays
/// a judgement; the pause between clusters goes on from the time that the record holds.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class RolloutClock(TimeProvider time)
{
    private readonly Dictionary<WorkloadKey, Watch> _watches = [];

    /// <summary>Forgets a workload: it is not being rolled out.</summary>
    public void Forget(WorkloadKey key) => _watches.Remove(key);

    /// <summary>Nothing can be judged now: the time until something can does not count.</summary>
    public void Hold(WorkloadKey key)
    {
        if (_watches.TryGetValue(key, out Watch? watch)) watch.ProgressAt = time.GetTimestamp();
    }

    /// <summary>Looks at the orders and replicas of the revision that is being handed out.</summary>
    /// <returns>For how long its replicas have been ready, by order; and for how long nothing has become better.</returns>
    public (IReadOnlyDictionary<AssignmentId, TimeSpan> ReadyFor, TimeSpan Quiet) Observe(
        WorkloadKey key, TemplateRevision revision, IReadOnlyList<Assignment> orders, IReadOnlyList<TargetView> targets)
    {
        long now = time.GetTimestamp();
        if (!_watches.TryGetValue(key, out Watch? watch) || watch.Revision != revision)
            _watches[key] = watch = new Watch(revision) { ProgressAt = now, Pause = watch?.Pause };
        bool underWay = false;
        int ready = 0;
        var still = new HashSet<AssignmentId>();
        foreach (Assignment order in orders)
        {
            if (order.State != AssignmentState.Active || order.Revision != revision) continue;
            TargetView? target = targets.FirstOrDefault(target => target.Cluster == order.Cluster && target.Node == order.Node);
            if (target is not { Live: true }) continue;
            int here = target.Ready(order.Id, revision);
            underWay |= order.Trial || here < order.Replicas || target.RunningOthers(order.Id, revision) > 0;
            ready += here;
            if (here == 0) continue;
            still.Add(order.Id);
            watch.ReadySince.TryAdd(order.Id, now);
        }
        foreach (AssignmentId gone in watch.ReadySince.Keys.Where(id => !still.Contains(id)).ToArray()) watch.ReadySince.Remove(gone);
        if (watch.IsBetter(ready, orders.Count(order => order.Revision == revision && !order.Trial), Old(targets, revision)) || !underWay) watch.ProgressAt = now;
        return (watch.ReadySince.ToDictionary(pair => pair.Key, pair => time.GetElapsedTime(pair.Value, now)), time.GetElapsedTime(watch.ProgressAt, now));
    }

    /// <summary>What is left of the pause after the cluster that was done last; zero or less if it is over, or none was done.</summary>
    public TimeSpan PauseLeft(WorkloadKey key, RolloutTrial trial, TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero || trial.ClustersDone.Count == 0) return TimeSpan.Zero;
        DateTimeOffset done = trial.ClustersDone.Values.Max();
        if (!_watches.TryGetValue(key, out Watch? watch) || watch.Revision != trial.Revision) _watches[key] = watch = new Watch(trial.Revision) { ProgressAt = time.GetTimestamp() };
        if (watch.Pause is not { } running || running.Done != done)
        {
            // The wall clock is asked once: from here on its jumps do not count. One that stood earlier than the record begins the pause anew.
            TimeSpan before = time.GetUtcNow() - done;
            watch.Pause = running = (done, before > TimeSpan.Zero ? before : TimeSpan.Zero, time.GetTimestamp());
        }
        return pause - running.Before - time.GetElapsedTime(running.Since);
    }

    private static int Old(IReadOnlyList<TargetView> targets, TemplateRevision revision) =>
        targets.Sum(target => target.Replicas.Count(replica => replica.Running && replica.Revision != revision));

    private sealed class Watch(TemplateRevision revision)
    {
        public TemplateRevision Revision { get; } = revision;

        public Dictionary<AssignmentId, long> ReadySince { get; } = [];

        public long ProgressAt { get; set; }

        public (DateTimeOffset Done, TimeSpan Before, long Since)? Pause { get; set; }

        private (int Ready, int Proven, int Old) _best = (0, 0, int.MaxValue);

        // Only what was never reached before is progress: what comes and goes is none.
        public bool IsBetter(int ready, int proven, int old)
        {
            bool better = ready > _best.Ready || proven > _best.Proven || old < _best.Old;
            _best = (Math.Max(ready, _best.Ready), Math.Max(proven, _best.Proven), Math.Min(old, _best.Old));
            return better;
        }
    }
}
