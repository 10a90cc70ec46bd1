using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>Divides a cluster's share over its slots by the same rules: keep what is there, take from the most loaded, add in proportion to room.</summary>
internal sealed class NodeDivision
{
    private readonly DivisionRows _rows;
    private readonly ProportionalDivision _proportional;

    public NodeDivision(PlanningSnapshot snapshot)
    {
        int widest = 0;
        foreach (ClusterEntry cluster in snapshot.Clusters) widest = Math.Max(widest, cluster.SlotCount);
        (_rows, _proportional) = (new(widest), new(widest));
    }

    /// <summary>Puts the cluster's replicas into the sheet's answer.</summary>
    public void Divide(PlacementContext context, int cluster, int replicas)
    {
        ClusterEntry entry = context.Snapshot.Clusters[cluster];
        if (entry.SlotCount == 1)
        {
            context.Sheet.Put(entry.FirstSlot, replicas);
            return;
        }
        Load(context, entry);
        int kept = _rows.KeptTotal;
        Array.Copy(_rows.Kept, _rows.Target, _rows.Count);
        if (kept > replicas) Lowering.Take(_rows, kept - replicas, null);
        else _proportional.Add(_rows, replicas - kept);
        for (int i = 0; i < _rows.Count; i++) context.Sheet.Put(_rows.Id[i], _rows.Target[i]);
    }

    /// <summary>What a node scores among the nodes of its cluster: the part of it that would stay free.</summary>
    public static long Score(PlanningSnapshot snapshot, CapacityLedger ledger, int slot, in ReplicaUnit unit)
    {
        Domain.Quantities.ResourceAmount free = ledger.Free(slot), all = snapshot.Slots[slot].Allocatable;
        double cpu = all.Cpu.Value > 0 ? (free.Cpu.Value - unit.Cpu) / (double)all.Cpu.Value : 0;
        double memory = all.Memory.Value > 0 ? (free.Memory.Value - unit.Memory) / (double)all.Memory.Value : 0;
        return (long)(Math.Clamp(Math.Min(cpu, memory), 0, 1) * (Scoring.ClusterScore.CapacityPoints * Scoring.ClusterScore.Point));
    }

    private void Load(PlacementContext context, ClusterEntry entry)
    {
        _rows.Begin(entry.SlotCount, context.Seed);
        List<ShareSheet.Row> shares = context.Sheet.Rows;
        int share = 0;
        while (share < shares.Count && shares[share].Slot < entry.FirstSlot) share++;
        for (int i = 0; i < entry.SlotCount; i++)
        {
            int slot = entry.FirstSlot + i;
            _rows.Id[i] = slot;
            _rows.Salt[i] = context.Snapshot.Slots[slot].Salt;
            _rows.Room[i] = context.Table.Closed[slot] ? 0 : context.Ledger.Fits(slot, context.Class.Unit);
            _rows.Score[i] = Score(context.Snapshot, context.Ledger, slot, context.Class.Unit);
            if (share >= shares.Count || shares[share].Slot != slot) continue;
            ShareSheet.Row row = shares[share++];
            (_rows.Kept[i], _rows.Moving[i], _rows.Held[i]) = (row.Kept, row.Moving ? row.Kept : 0, row.Held && !row.Moving ? row.Kept : 0);
        }
    }
}
