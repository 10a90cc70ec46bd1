using Federation.Domain.Assignments;
using Federation.Domain.Quantities;

namespace Federation.Scheduling.Reservation;

/// <summary>What one workload has on one slot: an assignment with the replicas observed for it.</summary>
internal readonly record struct Holding
{
    public required int Slot { get; init; }

    /// <summary>Replicas ordered.</summary>
    public required int Assigned { get; init; }

    /// <summary>What it may use until it is gone, by invariant 6: the largest of ordered (with surge), ordered before and not yet known to be obeyed, and observed.</summary>
    public required int InFlight { get; init; }

    /// <summary>What one of its replicas was ordered with.</summary>
    public required ResourceAmount Unit { get; init; }

    public required AssignmentState State { get; init; }

    /// <summary>False for replicas that are observed although no assignment orders them.</summary>
    public required bool Ordered { get; init; }

    /// <summary>Whether it counts as the workload's share.</summary>
    public bool IsShare => Ordered && Assigned > 0 && State is (AssignmentState.Active or AssignmentState.Moving);
}
