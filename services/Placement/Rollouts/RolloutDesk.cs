using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Placement.Planning;

namespace Federation.Placement.Rollouts;

/// <summary>What a workload's rollout asks of the next step of its orders, from the record, the observed world and the clock.</summary>
/// <param name="time">The clock.</param>
public sealed class RolloutDesk(TimeProvider time)
{
    private readonly RolloutClock _clock = new(time);

    /// <summary>The workload's rollout cannot be looked at now.</summary>
    public void Hold(WorkloadKey key) => _clock.Hold(key);

    /// <summary>The workload is gone.</summary>
    public void Forget(WorkloadKey key) => _clock.Forget(key);

    /// <summary>Judges what is under way and says under which rules it goes on.</summary>
    public RolloutAdvice Advise(
        WorkloadKey key, ResolvedWorkload.Complete resolved, PlacementState state, ObservedWorld observed, IReadOnlyList<PlacedAssignment> orders, IReadOnlyList<TargetView> targets)
    {
        UpdateStrategy update = resolved.Planned.Spec.Update;
        bool held = resolved.Failure is { Action: FailureAction.Pause };
        if (resolved.Rollout?.Trial is not { } trial || trial.Revision != resolved.Revision)
        {
            _clock.Forget(key);
            return new RolloutAdvice { Paused = update.Paused || held, ClusterRanks = Ranks(update, resolved, state, targets) };
        }
        if (update.Paused || held)
        {
            _clock.Hold(key);
            return new RolloutAdvice { Paused = true };
        }
        Assignment[] ordered = [.. orders.Select(static placed => placed.Order)];
        (IReadOnlyDictionary<AssignmentId, TimeSpan> readyFor, TimeSpan quiet) = _clock.Observe(key, trial.Revision, ordered, targets);
        RolloutJudgement judgement = RolloutRules.Judge(new RolloutInput
        {
            Update = update,
            Revision = trial.Revision,
            Orders = ordered,
            Targets = targets,
            Traffic = [.. observed.TrafficOf(key).Where(seen => seen.Trial == trial.Revision)],
            ReadyFor = readyFor,
            Quiet = quiet,
        });
        TimeSpan pause = _clock.PauseLeft(key, trial, TimeSpan.FromSeconds(update.PauseBetweenClustersSeconds));
        TimeSpan? again = judgement.LookAgain;
        if (pause > TimeSpan.Zero && (again is null || pause < again)) again = pause;
        return new RolloutAdvice
        {
            Failure = judgement.Failure,
            Proven = judgement.Proven,
            ClusterRanks = Ranks(update, resolved, state, targets),
            ClustersDone = trial.ClustersDone.Keys.ToHashSet(StringComparer.Ordinal),
            BetweenClusters = pause > TimeSpan.Zero,
            LookAgain = again,
        };
    }

    // Back to what ran well there is no order to keep: it is wanted everywhere at once.
    private static IReadOnlyDictionary<ClusterId, int>? Ranks(UpdateStrategy update, ResolvedWorkload.Complete resolved, PlacementState state, IReadOnlyList<TargetView> targets) =>
        resolved.Fallback is null
            ? null
            : ClusterSequence.Ranks(update, targets.Select(static target => target.Cluster.Value).Distinct().Select(state.Cluster).OfType<Cluster>());
}
