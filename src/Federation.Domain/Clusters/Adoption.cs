using Federation.Domain.Identifiers;
using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>
/// A service that ran in a swarm before the plane did, and that is one of its workloads from now on: the agent takes it over as it runs, without a restart. What later versions of
/// the workload run as in that cluster is in the same networks, and finds the same files and volumes of the swarm. <c>fedctl cluster import</c> writes it.
/// </summary>
[MergeKey(nameof(Service))]
public sealed record Adoption
{
    /// <summary>The service's name in the swarm.</summary>
    public required string Service { get; init; }

    /// <summary>The workload that it is: <c>tenant/namespace/name</c>.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>Networks of the swarm that it is in.</summary>
    public IReadOnlyList<AdoptedNetwork>? Networks { get; init; }

    /// <summary>Secrets of the swarm that it reads. Their content stays in the swarm: nobody is told it.</summary>
    public IReadOnlyList<AdoptedFile>? Secrets { get; init; }

    /// <summary>Configs of the swarm that it reads.</summary>
    public IReadOnlyList<AdoptedFile>? Configs { get; init; }

    /// <summary>Volumes of the swarm's machines that are volumes of the workload's namespace.</summary>
    public IReadOnlyList<AdoptedVolume>? Volumes { get; init; }
}
