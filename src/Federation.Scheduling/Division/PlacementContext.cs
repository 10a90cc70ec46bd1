using Federation.Scheduling.Classes;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>One workload about to be placed: its class is filtered and scored, its own places are open, what may stay is reserved.</summary>
internal sealed class PlacementContext(PlanningSnapshot snapshot, CapacityLedger ledger, ShareSheet sheet)
{
    public PlanningSnapshot Snapshot { get; } = snapshot;

    public CapacityLedger Ledger { get; } = ledger;

    public ShareSheet Sheet { get; } = sheet;

    public PlannedWorkload Workload { get; set; } = null!;

    public SpecClass Class { get; set; } = null!;

    public CandidateTable Table { get; set; } = null!;

    /// <summary>The workload's index.</summary>
    public int Index { get; set; }

    /// <summary>The workload's seed for ties.</summary>
    public ulong Seed { get; set; }

    /// <summary>Replicas over all clusters; by cluster in duplicated division.</summary>
    public int Desired { get; set; }

    /// <summary>What is held back for losses; null if no policy asks for it.</summary>
    public HeldBack? HeldBack { get; set; }

    /// <summary>The losses that are no longer tolerated.</summary>
    public required IReadOnlySet<ToleratedLoss> TolerationsEnded { get; init; }
}
