using System.Globalization;
using Federation.Cli.Applying;
using Federation.Domain.Workloads;

namespace Federation.Cli.Rollouts;

/// <summary>A rollout's state as a tree: the workload, and its clusters under it.</summary>
internal static class RolloutTree
{
    /// <summary>How far it is.</summary>
    public static ProgressItem Of(Workload workload)
    {
        WorkloadStatus status = workload.Status ?? new WorkloadStatus();
        WorkloadRollout? rollout = status.ObservedGeneration >= (workload.Metadata.Generation ?? 0) ? status.Rollout : null;
        bool back = rollout?.State == "Undone";
        string revision = rollout is null ? "" : string.Create(CultureInfo.InvariantCulture, $"revision {rollout.Number}{(rollout.RunningNumber is { } running && running != rollout.Number ? $" after {running}" : "")}  ");
        return new ProgressItem(
            $"workload/{workload.Metadata.Name}",
            string.Create(CultureInfo.InvariantCulture, $"{revision}{rollout?.State ?? "Pending"}  {status.UpdatedReady} of {status.Desired} {(back ? "are back" : "updated")}"),
            [.. (status.Clusters ?? []).Select(static share => (share.Cluster, Text(share)))],
            rollout?.Message,
            ReadyProgress.IsReady(workload) ? ProgressState.Done : ReadyProgress.HasFailed(workload) ? ProgressState.Failed : ProgressState.UnderWay);
    }

    private static string Text(WorkloadClusterStatus share)
    {
        string state = share.State ?? (share.UpdatedReady >= share.Assigned ? "done" : share.UpdatedReady > 0 || share.Ready > share.Assigned ? "under way" : "");
        return string.Create(CultureInfo.InvariantCulture, $"{share.UpdatedReady} of {share.Assigned}{(state.Length > 0 ? $" {state}" : "")}");
    }
}
