namespace Federation.Scheduling.Division;

/// <summary>Where a workload's volumes bind it to.</summary>
/// <param name="Cluster">The cluster's index; -1 if there is no home yet.</param>
/// <param name="Slot">The slot's index; -1 if any node of the cluster will do.</param>
/// <param name="Problem">Why there is no place at all; null if there is one.</param>
internal readonly record struct VolumeHome(int Cluster, int Slot, string? Problem)
{
    public static VolumeHome None => new(-1, -1, null);

    public static VolumeHome Impossible(string problem) => new(-1, -1, problem);
}
