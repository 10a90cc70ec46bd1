using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;

namespace Federation.Domain.Observation;

/// <summary>What an Agent reports of a node.</summary>
public sealed record NodeObservation
{
    /// <summary>The cluster.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>What workloads may use.</summary>
    public required ResourceAmount Allocatable { get; init; }

    /// <summary>What others than us use of it.</summary>
    public ResourceAmount Foreign { get; init; }

    /// <summary>What this node can run and enforce, by <see cref="Capability"/>'s names.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Of a cluster that schedules for itself, for every order of one replica a machine (<see cref="Workloads.ContainerMode.Global"/>): how many machines may run one.</summary>
    public IReadOnlyList<EligibleMachines> Machines { get; init; } = [];

    /// <summary>
    /// The revision of Placement's orders that this observation already obeys: replicas and this number are read at one moment, so that
    /// "no replica of the Assignment" beside a revision at or above its withdrawal proves its end.
    /// </summary>
    public long AppliedRevision { get; init; }

    /// <summary>The fencing term of those orders.</summary>
    public long AppliedTerm { get; init; }

    /// <summary>Changes with every boot of the machine.</summary>
    public string? BootId { get; init; }

    /// <summary>The Agent's version.</summary>
    public string? AgentVersion { get; init; }
}
