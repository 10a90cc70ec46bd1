using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;

namespace Federation.Scheduling.Snapshot;

/// <summary>One place that takes a share: a node of a native cluster, or another cluster as a whole.</summary>
internal sealed class SlotEntry
{
    public required int Cluster { get; init; }

    public required NodeId? Node { get; init; }

    /// <summary>The name for sentences: <c>cluster/node</c> or <c>cluster</c>.</summary>
    public required string Text { get; init; }

    public required ulong Salt { get; init; }

    /// <summary>False where an assignment names a node of a cluster that is driven as a whole, or no node of a native one.</summary>
    public required bool WellFormed { get; init; }

    /// <summary>Whether its capacity is known.</summary>
    public bool Observed { get; set; }

    public ResourceAmount Allocatable { get; set; }

    public ResourceAmount Foreign { get; set; }

    public Capabilities Capabilities { get; set; }

    /// <summary>Of a cluster that is driven as a whole, for orders of one replica a machine: how many machines may run one; null if its agent has told of none.</summary>
    public Dictionary<AssignmentId, int>? Machines { get; set; }

    public VerdictState Verdict { get; set; } = VerdictState.Unknown;

    public string VerdictReason { get; set; } = "Health has not judged it yet";

    public bool LeaseEnded { get; set; }

    /// <summary>Takes nothing new.</summary>
    public bool Cordoned { get; set; }

    /// <summary>Gives away what it has.</summary>
    public bool Draining { get; set; }

    /// <summary>A person decided that it is gone for good.</summary>
    public bool ConfirmedLost { get; set; }
}
