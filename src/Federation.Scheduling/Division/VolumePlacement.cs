using Federation.Domain.Observation;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>
/// Places a workload that a volume binds: all replicas go to the volume's home, and nowhere else ever by themselves. Without a home yet, the place that
/// holds the most of them becomes it.
/// </summary>
internal sealed class VolumePlacement(VolumeHomes homes)
{
    /// <summary>Fills the sheet's answer.</summary>
    public void Place(PlacementContext context)
    {
        ShareSheet sheet = context.Sheet;
        VolumeHome home = homes.Find(context.Workload);
        if (home.Problem is { } problem)
        {
            KeepAll(context, problem);
            return;
        }
        int slot = home.Slot >= 0 ? home.Slot : Present(context, home.Cluster);
        if (slot < 0) slot = Choose(context, home.Cluster);
        if (context.Class.Singleton && MustWait(context, slot)) return;
        sheet.Home = slot;
        if (slot < 0)
        {
            sheet.Unplaced = context.Desired;
            if (home.Cluster >= 0) Refuse(context, $"its volumes have their home in cluster {context.Snapshot.Clusters[home.Cluster].Id}, which takes no replicas now");
            return;
        }
        PutAt(context, slot);
        if (sheet.Answer.Count > 0) homes.Settle(context.Workload, slot);
    }

    /// <summary>Records the homes of volumes that workloads already run with, before anything is placed anew.</summary>
    public void Settle(PlanningSnapshot snapshot, PlannedWorkload workload, ReadOnlySpan<Holding> holdings)
    {
        VolumeHome home = homes.Find(workload);
        if (home.Problem is not null || home.Slot >= 0) return;
        (int slot, int most) = (-1, 0);
        foreach (Holding holding in holdings)
        {
            if (!holding.Ordered || IsGone(snapshot, holding.Slot) || (home.Cluster >= 0 && snapshot.Slots[holding.Slot].Cluster != home.Cluster)) continue;
            int weight = holding.IsShare ? 1 + holding.Assigned : 1;
            if (weight > most) (slot, most) = (holding.Slot, weight);
        }
        if (slot >= 0) homes.Settle(workload, slot);
    }

    /// <summary>
    /// A workload that has an order somewhere, or whose data is somewhere, is held back by that: it is stranded. One that has neither, or only where a person has
    /// given up the data, has only found no place, which others that use the same volume may have caused.
    /// </summary>
    private static void Refuse(PlacementContext context, string why)
    {
        if (VolumeHomes.HaveHome(context.Workload) || context.Sheet.Rows.Exists(row => row.Ordered && !IsGone(context.Snapshot, row.Slot))) context.Sheet.Stranded = why;
        else context.Sheet.Notes.Add(why);
    }

    private static void KeepAll(PlacementContext context, string problem)
    {
        Refuse(context, problem);
        int left = context.Desired;
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            int stays = Math.Min(left, row.CouldStay);
            context.Sheet.Put(row.Slot, stays);
            left -= stays;
        }
        context.Sheet.Unplaced = left;
    }

    private static void PutAt(PlacementContext context, int slot)
    {
        ShareSheet sheet = context.Sheet;
        SlotEntry entry = context.Snapshot.Slots[slot];
        ShareSheet.Row? own = sheet.Rows.Find(row => row.Slot == slot);
        bool closed = context.Table.Closed[slot];
        // The data is there and nowhere else, so what runs there stays whatever a rule says of the place; the rule is told as the reason.
        int kept = own is null ? 0 : own.CouldStay;
        int room = closed ? 0 : context.Ledger.Fits(slot, context.Class.Unit);
        int replicas = Math.Min(context.Desired, kept + room);
        sheet.Put(slot, replicas);
        sheet.Unplaced = context.Desired - replicas;
        if (own is { Evicted: true } || (closed && replicas < context.Desired)) Refuse(context, Reason(context, entry, slot));
        else if (replicas == 0) Refuse(context, $"its volumes have their home on {entry.Text}, which has no room for it");
    }

    private static string Reason(PlacementContext context, SlotEntry entry, int slot)
    {
        PlacementFilter? rule = context.Table.FirstRefusal(context.Class, slot);
        string why = rule?.Explain(context.Snapshot, context.Class, slot) ?? $"{entry.Text} must give it up";
        string without = entry.ConfirmedLost ? $"; to start it elsewhere without its data: fedctl move {context.Workload.Key.Name} --accept-data-loss" : "";
        return $"its volumes have their home on {entry.Text} and do not move by themselves: {why}{without}";
    }

    /// <summary>Whether a singleton runs elsewhere, on a holder that cannot confirm its end.</summary>
    private static bool MustWait(PlacementContext context, int slot)
    {
        if (context.Sheet.Rows.Exists(row => row.Slot == slot && row.Share > 0)) return false;
        if (SingletonPlacement.Unsure(context, slot) is not { } unsure) return false;
        int stays = Math.Min(context.Desired, unsure.CouldStay);
        context.Sheet.Put(unsure.Slot, stays);
        context.Sheet.Unplaced = context.Desired - stays;
        context.Sheet.Stranded = $"{context.Snapshot.Slots[unsure.Slot].Text} must confirm its end before it can start at its volumes' home";
        return true;
    }

    /// <summary>The slot where the workload has replicas, or had them and may have left data; -1 if there is none.</summary>
    private static int Present(PlacementContext context, int cluster)
    {
        (int slot, int most) = (-1, 0);
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            if (IsGone(context.Snapshot, row.Slot) || (cluster >= 0 && context.Snapshot.Slots[row.Slot].Cluster != cluster)) continue;
            int weight = row.Share > 0 ? 1 + row.Share : row.Ordered ? 1 : 0;
            if (weight > most) (slot, most) = (row.Slot, weight);
        }
        return slot;
    }

    // The home of a volume is on record from its first order on. Where it is not, and the place was confirmed lost, a person has given up the data there.
    private static bool IsGone(PlanningSnapshot snapshot, int slot) => snapshot.Slots[slot] is { ConfirmedLost: true } entry && !entry.Verdict.IsInContact();

    private static int Choose(PlacementContext context, int cluster)
    {
        CandidateTable table = context.Table;
        table.Refresh(context.Ledger, context.Class.Unit);
        (int Fits, long Score, long NodeScore, ulong Tie) best = default;
        int chosen = -1;
        for (int i = 0; i < table.Count; i++)
        {
            if (cluster >= 0 && table.Clusters[i] != cluster) continue;
            ClusterEntry entry = context.Snapshot.Clusters[table.Clusters[i]];
            for (int s = entry.FirstSlot; s < entry.FirstSlot + entry.SlotCount; s++)
            {
                if (table.Closed[s]) continue;
                int fits = Math.Min(context.Desired, context.Ledger.Fits(s, context.Class.Unit));
                if (fits == 0) continue;
                var rating = (fits, table.Score[i], NodeDivision.Score(context.Snapshot, context.Ledger, s, context.Class.Unit), StableHash.Mix(context.Seed, context.Snapshot.Slots[s].Salt));
                if (chosen >= 0 && rating.CompareTo(best) <= 0) continue;
                (chosen, best) = (s, rating);
            }
        }
        return chosen;
    }
}
