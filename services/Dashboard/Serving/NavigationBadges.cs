using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Domain.Clusters;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Serving;

/// <summary>What the navigation says beside its entries: how much is wrong there.</summary>
public sealed record NavigationBadges(Reading<IReadOnlyList<Cluster>> Clusters, Reading<IReadOnlyList<Workload>> Workloads)
{
    public int ClustersWrong => Clusters.Value?.Count(cluster => Standing.Of(cluster).Wrong) ?? 0;

    public int WorkloadsWrong => Workloads.Value?.Count(workload => Standing.Of(workload).Wrong) ?? 0;

    public PartFault? Fault => Clusters.Fault ?? Workloads.Fault;

    public bool SignedOut => Clusters.Fault is PartFault.SignedOut || Workloads.Fault is PartFault.SignedOut;
}
