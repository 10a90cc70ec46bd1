using System.Globalization;
using Federation.Domain.Workloads;

namespace Federation.Cli.Rollouts;

/// <summary>A rollout's state as a tree: the workload, and its clusters under it.</summary>
internal static class RolloutTree
{
    /// <summary>Its lines.</summary>
    public static IReadOnlyList<string> Lines(Workload workload)
    {
        WorkloadStatus status = workload.Status ?? new WorkloadStatus();
        WorkloadRollout? rollout = status.ObservedGeneration >= (workload.Metadata.Generation ?? 0) ? status.Rollout : null;
        bool back = rollout?.State == "Undone";
        string revision = rollout is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  revision {rollout.Number}{(rollout.RunningNumber is { } running && running != rollout.Number ? $" after {running}" : "")}");
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture,
                $"workload/{workload.Metadata.Name}{revision}  {rollout?.State ?? "Pending"}  {status.UpdatedReady} of {status.Desired} {(back ? "are back" : "updated")}{(rollout?.Message is { } why ? $"  {why}" : "")}"),
        };
        WorkloadClusterStatus[] clusters = [.. status.Clusters ?? []];
        int width = clusters.Length == 0 ? 0 : clusters.Max(static share => share.Cluster.Length);
        for (int i = 0; i < clusters.Length; i++)
        {
            WorkloadClusterStatus share = clusters[i];
            string state = share.State ?? (share.UpdatedReady >= share.Assigned ? "done" : share.UpdatedReady > 0 || share.Ready > share.Assigned ? "under way" : "");
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{(i == clusters.Length - 1 ? "└─" : "├─")} {share.Cluster.PadRight(width)}  {share.UpdatedReady} of {share.Assigned}{(state.Length > 0 ? $"  {state}" : "")}"));
        }
        return lines;
    }
}
