using Federation.Domain.Identifiers;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>
/// Divides a workload of one replica a machine: a node that may run it gets one, a cluster that is driven as a whole as many as it has machines for it. What is lost with
/// a place is begun nowhere else, for every other place has its own already.
/// </summary>
internal static class MachineDivision
{
    /// <summary>How many replicas the open places want, at least one: without any place it is one that finds none.</summary>
    public static int Wanted(PlacementContext context)
    {
        int wanted = 0;
        for (int s = 0; s < context.Snapshot.Slots.Length; s++)
            if (!context.Table.Closed[s]) wanted += At(context, s);
        return Math.Max(1, wanted);
    }

    /// <summary>Fills the sheet's answer.</summary>
    public static void Divide(PlacementContext context)
    {
        ShareSheet sheet = context.Sheet;
        if (VolumeHomes.Binds(context.Workload))
        {
            foreach (ShareSheet.Row row in sheet.Rows) sheet.Put(row.Slot, row.Kept);
            sheet.Unplaced = sheet.Answer.Count > 0 ? 0 : 1;
            sheet.Notes.Add("a volume lies in one place, and it has a replica on each machine: declare the volume shared, or mount a folder of each machine (container.binds)");
            return;
        }
        int next = 0;
        for (int s = 0; s < context.Snapshot.Slots.Length; s++)
        {
            while (next < sheet.Rows.Count && sheet.Rows[next].Slot < s) next++;
            int kept = next < sheet.Rows.Count && sheet.Rows[next].Slot == s ? sheet.Rows[next].Kept : 0;
            bool open = !context.Table.Closed[s];
            if (!open && kept == 0) continue;
            int wanted = At(context, s), stay = Math.Min(kept, wanted);
            int more = open ? Math.Min(wanted - stay, context.Ledger.Fits(s, context.Class.Unit)) : 0;
            sheet.Put(s, stay + more);
            if (open) sheet.Unplaced += wanted - stay - more;
        }
        if (sheet.Answer.Count == 0) sheet.Unplaced = Math.Max(1, sheet.Unplaced);
    }

    // Until the agent has counted for the order, one is asked for: by it the agent learns what to count. It stays where no machine will do, and says so.
    private static int At(PlacementContext context, int slot)
    {
        SlotEntry entry = context.Snapshot.Slots[slot];
        if (entry.Node is not null || entry.Machines is not { } machines) return 1;
        return Math.Max(1, machines.GetValueOrDefault(AssignmentId.Of(context.Workload.Uid, context.Snapshot.Clusters[entry.Cluster].Id, null)));
    }
}
