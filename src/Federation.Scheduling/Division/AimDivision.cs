using Federation.Domain.Bindings;
using Federation.Scheduling.Reservation;

namespace Federation.Scheduling.Division;

/// <summary>Puts a workload where a relocation wants it, as soon as there is room for all that is not there yet; until then it stays where it is.</summary>
internal static class AimDivision
{
    /// <summary>Fills the sheet's answer; false, with nothing but a note, where the aim cannot be met now.</summary>
    public static bool TryPlace(PlacementContext context, IReadOnlyList<BindingShare> aim)
    {
        var slots = new int[aim.Count];
        int total = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            int cluster = context.Snapshot.FindCluster(aim[i].Cluster);
            slots[i] = cluster < 0 ? -1 : context.Snapshot.FindSlot(cluster, aim[i].Node);
            total += aim[i].Replicas;
            if (slots[i] >= 0 && HasRoom(context, slots[i], aim[i].Replicas)) continue;
            context.Sheet.Notes.Add($"it is to move to {aim[i].Cluster}{(aim[i].Node is { } node ? $"/{node}" : "")} and waits for room there");
            return false;
        }
        if (total != context.Desired) return false;
        for (int i = 0; i < slots.Length; i++) context.Sheet.Put(slots[i], aim[i].Replicas);
        return true;
    }

    private static bool HasRoom(PlacementContext context, int slot, int replicas)
    {
        int kept = 0;
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            if (row.Slot == slot) kept = row.Kept;
        }
        return replicas <= kept || (!context.Table.Closed[slot] && replicas - kept <= context.Ledger.Fits(slot, context.Class.Unit));
    }
}
