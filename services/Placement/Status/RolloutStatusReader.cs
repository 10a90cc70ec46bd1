using System.Globalization;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Planning;
using Federation.Placement.Rollouts;

namespace Federation.Placement.Status;

/// <summary>Tells how far a workload's declared template has come. Pure.</summary>
public static class RolloutStatusReader
{
    /// <summary>The rollout's part of the status.</summary>
    public static WorkloadRollout Read(Workload workload, ResolvedWorkload.Complete resolved, int number, WorkloadStatus status, DateTimeOffset now)
    {
        int? running = resolved.Rollout?.Established?.Number;
        if (resolved.Failure is { } failure)
            return new(number, failure.Action == FailureAction.Undo ? "Undone" : "Failed", running, RolloutSteps.Line(failure, resolved.Rollout!.Established));
        // Back to what ran before in the middle of a rollout: it is established as the number that was declared once it runs everywhere again.
        bool everywhere = running == number || status.UpdatedReady >= status.Desired;
        if (status.Desired == 0 || (resolved.Fallback is null && running is not null && everywhere)) return new(number, "Complete", running, null);
        if (workload.Spec.Update.Paused) return new(number, "Paused", running, $"go on with: fedctl rollout resume {workload.Metadata.Name}");
        return Pause(workload.Spec.Update, resolved.Rollout?.Trial, status, now) is { } waiting
            ? new(number, "Waiting", running, waiting)
            : new(number, "Progressing", running, null);
    }

    private static string? Pause(UpdateStrategy update, RolloutTrial? trial, WorkloadStatus status, DateTimeOffset now)
    {
        if (update.PauseBetweenClustersSeconds == 0 || trial is null || trial.ClustersDone.Count == 0) return null;
        // While a further cluster is being updated, the pause before it is over.
        if (status.Clusters?.Any(share => share.UpdatedReady > 0 && !trial.ClustersDone.ContainsKey(share.Cluster)) == true) return null;
        (string cluster, DateTimeOffset done) = trial.ClustersDone.MaxBy(static pair => pair.Value);
        double left = (done + TimeSpan.FromSeconds(update.PauseBetweenClustersSeconds) - now).TotalSeconds;
        return left > 0 ? string.Create(CultureInfo.InvariantCulture, $"pauses after {cluster}, {Math.Ceiling(left):0} s left") : null;
    }
}
