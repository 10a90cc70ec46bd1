using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>Where volumes have their home: as recorded, as declared, or, in this plan, where the first workload that names them is placed.</summary>
internal sealed class VolumeHomes(PlanningSnapshot snapshot)
{
    private readonly Dictionary<string, int> _chosen = new(StringComparer.Ordinal);

    /// <summary>Whether a volume binds the workload to one place.</summary>
    public static bool Binds(PlannedWorkload workload)
    {
        for (int i = 0; i < workload.Volumes.Count; i++)
        {
            if (!workload.Volumes[i].Spec.Shared) return true;
        }
        return (workload.Spec.Template.Volumes?.Count ?? 0) > 0 && Missing(workload) is not null;
    }

    /// <summary>A volume that the template names and nobody declared; null if there is none.</summary>
    public static string? Missing(PlannedWorkload workload)
    {
        if (workload.Spec.Template.Volumes is not { } references) return null;
        for (int r = 0; r < references.Count; r++)
        {
            bool found = false;
            for (int v = 0; v < workload.Volumes.Count && !found; v++) found = workload.Volumes[v].Metadata.Name == references[r].Name;
            if (!found) return references[r].Name;
        }
        return null;
    }

    /// <summary>Whether a volume has a home that does not depend on this plan: data may be there, or a person said where.</summary>
    public static bool HaveHome(PlannedWorkload workload)
    {
        for (int i = 0; i < workload.Volumes.Count; i++)
        {
            Volume volume = workload.Volumes[i];
            if (!volume.Spec.Shared && (volume.Status?.HomeCluster is not null || volume.Spec.Cluster is not null)) return true;
        }
        return Missing(workload) is not null;
    }

    /// <summary>The home that the workload's volumes share.</summary>
    public VolumeHome Find(PlannedWorkload workload)
    {
        if (Missing(workload) is { } missing) return VolumeHome.Impossible($"volume {missing} is not declared; apply it");
        VolumeHome home = VolumeHome.None;
        string? first = null;
        for (int i = 0; i < workload.Volumes.Count; i++)
        {
            Volume volume = workload.Volumes[i];
            if (volume.Spec.Shared) continue;
            VolumeHome own = HomeOf(workload, volume);
            if (own.Problem is not null) return own;
            if (own.Cluster < 0) continue;
            bool clash = home.Cluster >= 0 && (home.Cluster != own.Cluster || (home.Slot >= 0 && own.Slot >= 0 && home.Slot != own.Slot));
            if (clash) return VolumeHome.Impossible($"volumes {first} and {volume.Metadata.Name} have different homes; a workload's volumes must lie together");
            home = home.Slot >= 0 ? home : own;
            first ??= volume.Metadata.Name;
        }
        return home;
    }

    /// <summary>Records that the workload's volumes are made on the slot, unless they are somewhere already.</summary>
    public void Settle(PlannedWorkload workload, int slot)
    {
        for (int i = 0; i < workload.Volumes.Count; i++)
        {
            Volume volume = workload.Volumes[i];
            if (!volume.Spec.Shared && volume.Status?.HomeCluster is null) _chosen.TryAdd(KeyOf(workload, volume.Metadata), slot);
        }
    }

    private static string KeyOf(PlannedWorkload workload, ResourceMetadata volume) => $"{workload.Key.Tenant}/{workload.Key.Namespace}/{volume.Name}";

    private VolumeHome HomeOf(PlannedWorkload workload, Volume volume)
    {
        if (volume.Status?.HomeCluster is { } home) return Locate(workload, volume, home.Value, volume.Status.HomeNode?.Value);
        if (_chosen.TryGetValue(KeyOf(workload, volume.Metadata), out int slot)) return new VolumeHome(snapshot.Slots[slot].Cluster, slot, null);
        return volume.Spec.Cluster is { } cluster ? Locate(workload, volume, cluster, volume.Spec.Node) : VolumeHome.None;
    }

    private VolumeHome Locate(PlannedWorkload workload, Volume volume, string cluster, string? node)
    {
        int c = snapshot.FindCluster(new(cluster));
        if (c < 0) return VolumeHome.Impossible($"volume {volume.Metadata.Name} has its home in cluster {cluster}, which is not registered; to start without its data: fedctl move {workload.Key.Name} --accept-data-loss");
        ClusterEntry entry = snapshot.Clusters[c];
        if (!entry.Native) return new VolumeHome(c, snapshot.FindSlot(c, null), null);
        if (node is null) return new VolumeHome(c, -1, null);
        int slot = snapshot.FindSlot(c, new(node));
        return slot >= 0 ? new VolumeHome(c, slot, null)
            : VolumeHome.Impossible($"volume {volume.Metadata.Name} has its home on {cluster}/{node}, which is not known; it opens when its agent reports");
    }
}
