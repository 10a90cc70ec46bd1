using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Domain.Assignments;

/// <summary>The order: one Binding's share for one cluster or native node.</summary>
public sealed record Assignment
{
    /// <summary>Deterministic: workload uid, cluster and node.</summary>
    public required AssignmentId Id { get; init; }

    /// <summary>The workload.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>The workload's uid.</summary>
    public required string WorkloadUid { get; init; }

    /// <summary>The cluster that carries it out.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node that carries it out, in native clusters.</summary>
    public NodeId? Node { get; init; }

    /// <summary>How many replicas, 0 or more.</summary>
    public required int Replicas { get; init; }

    /// <summary>The workload's generation this order comes from.</summary>
    public required long Generation { get; init; }

    /// <summary>The template's revision.</summary>
    public required TemplateRevision Revision { get; init; }

    /// <summary>What to run.</summary>
    public required WorkloadTemplate Template { get; init; }

    /// <summary>At most one live holder in the plane.</summary>
    public bool Singleton { get; init; }

    /// <summary>Replicas this target may run above <see cref="Replicas"/> while it replaces a revision. The dispatch loop hands the workload's surge to one target at a time.</summary>
    public int Surge { get; init; }

    /// <summary>Replicas this target may stop before their successors are ready.</summary>
    public int MayBeUnavailable { get; init; }

    /// <summary>
    /// How many of its replicas must stay ready through what its target does of its own accord, as when one of its nodes is drained; null where the workload declares no disruption
    /// budget, or the target keeps none. What all orders of a workload leave to their targets is together no more than the budget allows.
    /// </summary>
    public int? LeastReady { get; init; }

    /// <summary>How many replicas the order allowed before it became what it is: until its target is known to obey it, so many may run, or still begin.</summary>
    public int MayStillRun { get; init; }

    /// <summary>
    /// Whether <see cref="Revision"/> is on trial here: its replicas serve beside those of the older revision, and none of these is given up for them yet.
    /// </summary>
    public bool Trial { get; init; }

    /// <summary>Whether its workload has run to its end: what ended stays on show, holds nothing, and nothing is started for it any more.</summary>
    public bool Completed { get; init; }

    /// <summary>The service of the cluster that the workload was before, as the order began; null where it was none.</summary>
    public Adoption? Adoption { get; init; }

    /// <summary>Volumes of the workload's namespace that are volumes of the cluster's machines under names of their own; null where there are none.</summary>
    public IReadOnlyList<AdoptedVolume>? AdoptedVolumes { get; init; }

    /// <summary>The state.</summary>
    public AssignmentState State { get; init; } = AssignmentState.Active;

    /// <summary>The Verdict's revision that a change to Moving, Unreachable or Withdrawn rests on, if any.</summary>
    public long? VerdictRevision { get; init; }

    /// <summary>Why the state is what it is, for a person.</summary>
    public string? Reason { get; init; }

    /// <summary>The fencing term of the writer.</summary>
    public long Term { get; init; }

    /// <summary>Where the order is carried out, as one value.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public NodeKey? NodeKey => Node is { } node ? new NodeKey(Cluster, node) : null;

    /// <summary>Whether the agent of that name carries it out. A cluster that schedules for itself is one target: its orders name no node, and its agent has any name.</summary>
    public bool IsFor(NodeKey agent) => Cluster == agent.Cluster && (Node is null || Node == agent.Node);
}
