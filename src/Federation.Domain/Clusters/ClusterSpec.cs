namespace Federation.Domain.Clusters;

/// <summary>A cluster's declared state. Its labels (region, zone, provider) are the metadata's.</summary>
public sealed record ClusterSpec
{
    /// <summary>What drives its work.</summary>
    public ClusterKind Kind { get; init; } = ClusterKind.Node;

    /// <summary>Marks that keep workloads away.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>Cordoned: takes no new replicas, keeps what it has.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Draining: takes no new replicas, and what it has moves elsewhere.</summary>
    public bool Draining { get; init; }

    /// <summary>What of it may fail as one. Left out: all of it, so that its loss is believed only after the toleration.</summary>
    public IReadOnlyList<FailureDomain>? FailureDomains { get; init; }

    /// <summary>
    /// A person decided that the cluster is gone for good, so that what cannot be fenced there starts elsewhere. It takes nothing until this is taken back;
    /// <c>fedctl confirm-lost</c> writes it, and it is refused while Health hears the cluster.
    /// </summary>
    public bool ConfirmedLost { get; init; }

    /// <summary>For native clusters: what is declared of single nodes.</summary>
    public IReadOnlyList<NodeSetting>? Nodes { get; init; }

    /// <summary>For swarms: services that ran there before the plane did, and the workloads that they are.</summary>
    public IReadOnlyList<Adoption>? Adoptions { get; init; }

    /// <summary>Price of one core for an hour, in any one unit; lower is preferred, all else equal.</summary>
    public decimal? PricePerCoreHour { get; init; }

    /// <summary>What is declared of one node; null where nothing is.</summary>
    public NodeSetting? NodeSetting(string node)
    {
        for (int i = 0; i < (Nodes?.Count ?? 0); i++)
        {
            if (Nodes![i].Name == node) return Nodes[i];
        }
        return null;
    }

    /// <summary>The spec with one node's setting changed; a setting that says nothing goes.</summary>
    public ClusterSpec WithNode(string node, Func<NodeSetting, NodeSetting> change)
    {
        NodeSetting changed = change(NodeSetting(node) ?? new NodeSetting { Name = node });
        NodeSetting[] nodes = [.. (Nodes ?? []).Where(setting => setting.Name != node).Append(changed).Where(static setting => !setting.IsEmpty).OrderBy(static setting => setting.Name, StringComparer.Ordinal)];
        return this with { Nodes = nodes.Length > 0 ? nodes : null };
    }

    /// <summary>The adoption of a workload here; null where there is none.</summary>
    public Adoption? AdoptionOf(Identifiers.WorkloadKey workload)
    {
        for (int i = 0; i < (Adoptions?.Count ?? 0); i++)
        {
            if (Adoptions![i].Workload == workload) return Adoptions[i];
        }
        return null;
    }

    /// <summary>Volumes that are adopted here into a workload's namespace; null where there are none.</summary>
    public IReadOnlyList<AdoptedVolume>? AdoptedVolumesOf(Identifiers.WorkloadKey workload)
    {
        if (Adoptions is not { Count: > 0 }) return null;
        AdoptedVolume[] volumes =
        [
            .. Adoptions.Where(adoption => adoption.Workload.Tenant == workload.Tenant && adoption.Workload.Namespace == workload.Namespace).SelectMany(static adoption => adoption.Volumes ?? [])
                .DistinctBy(static volume => volume.Name),
        ];
        return volumes.Length > 0 ? volumes : null;
    }

    /// <summary>Whether a person decided that the whole cluster, or the node, is gone for good.</summary>
    public bool IsConfirmedLost(Identifiers.NodeId? node) => ConfirmedLost || (node is { } n && NodeSetting(n.Value) is { ConfirmedLost: true });
}
