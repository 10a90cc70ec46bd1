namespace Federation.Domain.Workloads;

/// <summary>
/// Which networks a template's replicas are in, wherever they run: the one that all workloads of a namespace share, those of its own that are to be made otherwise, and those that a cluster has already.
/// </summary>
public static class TemplateNetworks
{
    /// <summary>Whether they are in the one that all of the namespace share: those that name no network, or one that is like any other.</summary>
    public static bool ShareOne(WorkloadTemplate template) => Of(template) is { Count: 0 } || Of(template).Any(static network => network.IsShared);

    /// <summary>The further names that they have in the one that all share.</summary>
    public static IEnumerable<string> SharedNames(WorkloadTemplate template) => Of(template).Where(static network => network.IsShared).SelectMany(static network => network.Aliases ?? []);

    /// <summary>Those that are made as they say, each once.</summary>
    public static IEnumerable<NetworkAttachment> Own(WorkloadTemplate template) => Of(template).Where(static network => !network.IsShared && !network.External).DistinctBy(static network => network.Name);

    /// <summary>Those that the cluster has already, each once.</summary>
    public static IEnumerable<NetworkAttachment> Foreign(WorkloadTemplate template) => Of(template).Where(static network => network.External).DistinctBy(static network => network.Name);

    /// <summary>Whether nothing outside is reached from any of them, and so neither are the replicas from there, by the plane either.</summary>
    public static bool AreClosed(WorkloadTemplate template) => Of(template) is { Count: > 0 } networks && networks.All(static network => network.Internal && !network.External);

    /// <summary>The further names that they have in any.</summary>
    public static IEnumerable<string> AllNames(WorkloadTemplate template) => Of(template).SelectMany(static network => network.Aliases ?? []).Distinct(StringComparer.Ordinal);

    private static IReadOnlyList<NetworkAttachment> Of(WorkloadTemplate template) => template.Container?.Networks ?? [];
}
