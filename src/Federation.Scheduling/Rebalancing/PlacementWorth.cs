using Federation.Domain.Quantities;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Scoring;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Rebalancing;

/// <summary>
/// What a whole placement is worth, by the scores that new replicas are placed by: points for price and for what stays free. It is a sum over places alone, so that
/// a search in which every step gains something ends. A place's load counts with its square: a replica that goes from a fuller to an emptier place gains ten points times the
/// difference of what is taken there, of the part of the world that it reserves.
/// </summary>
internal sealed class PlacementWorth(PlanningSnapshot snapshot, ClusterScore scoring)
{
    private readonly ResourceAmount _world = snapshot.Slots.Aggregate(ResourceAmount.Zero, static (sum, slot) => sum + slot.Allocatable);

    /// <summary>The part of the world that one replica reserves: what a gain in points is weighed with.</summary>
    public double Weight(in ReplicaUnit unit) => Part(unit.Cpu, _world.Cpu.Value) + Part(unit.Memory, _world.Memory.Value);

    /// <summary>What the slot's worth changes by when replicas are placed there.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="free">What is free there before.</param>
    /// <param name="unit">What one replica reserves.</param>
    /// <param name="replicas">How many come.</param>
    public double Gain(int slot, ResourceAmount free, in ReplicaUnit unit, int replicas)
    {
        SlotEntry entry = snapshot.Slots[slot];
        double price = scoring.PricePointsOf(entry.Cluster) / (double)ClusterScore.Point * Weight(unit) * replicas;
        return price
            + Load(entry.Allocatable.Cpu.Value, free.Cpu.Value, unit.Cpu * replicas, _world.Cpu.Value)
            + Load(entry.Allocatable.Memory.Value, free.Memory.Value, unit.Memory * replicas, _world.Memory.Value);
    }

    private static double Load(long all, long free, long more, long world)
    {
        if (all <= 0 || world <= 0) return 0;
        double before = all - free, after = before + more;
        return ClusterScore.CapacityPoints / 2.0 * ((before * before) - (after * after)) / all / world;
    }

    private static double Part(long amount, long of) => of > 0 ? (double)amount / of : 0;
}
