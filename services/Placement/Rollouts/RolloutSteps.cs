using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Planning;

namespace Federation.Placement.Rollouts;

/// <summary>How a workload's rollout goes on. Pure.</summary>
public static class RolloutSteps
{
    /// <summary>After a step of its orders.</summary>
    /// <param name="present">The record so far; null if there is none.</param>
    /// <param name="uid">The workload's uid.</param>
    /// <param name="number">The declared template's number in the history.</param>
    /// <param name="resolved">What is declared, and what is handed out.</param>
    /// <param name="decision">The step.</param>
    /// <param name="now">The time, for people.</param>
    /// <returns>The record from now on; the same one if nothing changed.</returns>
    public static Rollout After(Rollout? present, string uid, int number, ResolvedWorkload.Complete resolved, DispatchDecision decision, DateTimeOffset now)
    {
        Rollout after = Next(present, uid, number, resolved, decision, now);
        return decision.Completed ? after with { Completion = new WorkloadCompletion(resolved.Revision, resolved.Planned.Spec.Replicas ?? 1, now) } : after;
    }

    private static Rollout Next(Rollout? present, string uid, int number, ResolvedWorkload.Complete resolved, DispatchDecision decision, DateTimeOffset now)
    {
        Rollout rollout = present ?? new Rollout { WorkloadUid = uid };
        bool asDeclared = resolved.Revision == resolved.Declared;
        if (decision.RolledOut) return Established(rollout, number, resolved, asDeclared);
        if (rollout.Established?.Revision == resolved.Revision) return rollout.Trial is null ? rollout : rollout with { Trial = null };
        if (rollout.Trial is not { } trial || trial.Revision != resolved.Revision)
            trial = new RolloutTrial(number, resolved.Revision, now, new Dictionary<string, DateTimeOffset>());
        string[] done = [.. decision.ClustersDone.Select(static cluster => cluster.Value).Where(cluster => !trial.ClustersDone.ContainsKey(cluster))];
        if (done.Length > 0) trial = trial with { ClustersDone = With(trial.ClustersDone, done, now) };
        return ReferenceEquals(trial, rollout.Trial) ? rollout : rollout with { Trial = trial };
    }

    /// <summary>After a failure of what is being handed out.</summary>
    public static Rollout Failed(Rollout rollout, RolloutTrial trial, string reason, FailureAction action, DateTimeOffset now)
    {
        // With nothing to go back to it can only stop.
        FailureAction possible = rollout.Established is null ? FailureAction.Pause : action;
        return rollout with
        {
            Trial = possible == FailureAction.Undo ? null : trial,
            Failure = new RolloutFailure(trial.Number, trial.Revision, now, reason, possible),
        };
    }

    /// <summary>A failure, in one line.</summary>
    public static string Line(RolloutFailure failure, RolloutVersion? established) => failure.Action switch
    {
        FailureAction.Undo when established?.Number == failure.Number => $"revision {failure.Number} with its new configs or secrets undone: {failure.Reason}",
        FailureAction.Undo => $"revision {failure.Number} undone to {established?.Number}: {failure.Reason}",
        _ when established is null => $"revision {failure.Number} failed, and there is none to go back to: {failure.Reason}",
        _ => $"revision {failure.Number} failed and is held: {failure.Reason}",
    };

    private static Rollout Established(Rollout rollout, int number, ResolvedWorkload.Complete resolved, bool asDeclared)
    {
        int ran = asDeclared ? number : rollout.Established?.Number ?? number;
        bool same = rollout.Established is { } before && before.Revision == resolved.Revision && before.Number == ran;
        if (same && rollout.Trial is null && (rollout.Failure is null || !asDeclared)) return rollout;
        return rollout with
        {
            Established = same ? rollout.Established : new RolloutVersion(ran, resolved.Revision, resolved.Planned.Spec.Template),
            Trial = null,
            Failure = asDeclared ? null : rollout.Failure,
        };
    }

    private static SortedDictionary<string, DateTimeOffset> With(IReadOnlyDictionary<string, DateTimeOffset> before, string[] done, DateTimeOffset now)
    {
        var after = new SortedDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach ((string cluster, DateTimeOffset since) in before) after[cluster] = since;
        foreach (string cluster in done) after[cluster] = now;
        return after;
    }
}
