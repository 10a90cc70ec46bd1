using Federation.Domain.Observation;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>
/// The rule that a singleton never has two live holders: it leaves its holder only where its end can be confirmed, by a holder that answers or by one
/// that is lost for longer than tolerated and has surely fenced itself.
/// </summary>
internal static class SingletonPlacement
{
    /// <summary>Decides what the holders allow.</summary>
    public static SingletonHold Judge(PlacementContext context)
    {
        ShareSheet.Row? holder = Holder(context);
        if (holder is null) return JudgeDeparting(context);
        if (holder.Kept > 0) return new SingletonHold(holder.Slot, null, MayMove: false);
        SlotEntry slot = context.Snapshot.Slots[holder.Slot];
        // A holder without room for a replica that became larger must not be overcommitted: then nobody holds it.
        int stays = holder.CouldStay > 0 ? holder.Slot : -1;
        if (slot.Verdict.IsInContact())
            return new SingletonHold(stays, stays < 0 ? null : $"{slot.Text} must give it up and no other place takes it", MayMove: true);
        // What it may not run again there has nothing to wait for.
        bool lost = stays < 0 || VerdictFilter.Evicts(context.Snapshot, context.Workload, holder.Slot, context.TolerationsEnded);
        if (lost && VerdictFilter.HasFencedItself(slot)) return new SingletonHold(stays, stays < 0 ? null : $"{slot.Text} is lost and no other place takes it", MayMove: true);
        return new SingletonHold(stays, WhyHeld(slot, lost), MayMove: false);
    }

    /// <summary>Whether a person wants it in another cluster than its holder's, which answers, so that its end can be confirmed.</summary>
    public static bool IsPinnedElsewhere(PlacementContext context, SingletonHold hold)
    {
        if (!PinShift.Applies(context.Workload) || !MayLeave(context, hold)) return false;
        string holder = context.Snapshot.Clusters[context.Snapshot.Slots[hold.Slot].Cluster].Id.Value;
        return context.Workload.Spec.Pins!.Any(pin => pin.Cluster != holder && pin.Least(1) > 0);
    }

    /// <summary>Whether its holder answers, so that its end can be confirmed, and no other order of it may still be alive.</summary>
    public static bool MayLeave(PlacementContext context, SingletonHold hold) =>
        hold.Slot >= 0 && context.Snapshot.Slots[hold.Slot].Verdict.IsInContact() && Unsure(context, hold.Slot) is null;

    /// <summary>A holder, present or departing, other than on the slot, whose end is not sure; null if there is none.</summary>
    public static ShareSheet.Row? Unsure(PlacementContext context, int except)
    {
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            if (row.Slot == except || (row.Share == 0 && !row.Departing)) continue;
            SlotEntry slot = context.Snapshot.Slots[row.Slot];
            if (!slot.Verdict.IsInContact() && !VerdictFilter.HasFencedItself(slot)) return row;
        }
        return null;
    }

    /// <summary>Without a present holder, an order that is not yet known to be gone may still be one.</summary>
    private static SingletonHold JudgeDeparting(PlacementContext context)
    {
        int back = -1;
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            if (!row.Departing) continue;
            SlotEntry slot = context.Snapshot.Slots[row.Slot];
            if (!slot.Verdict.IsInContact() && !VerdictFilter.HasFencedItself(slot)) return new SingletonHold(-1, WhyHeld(slot, lost: true), MayMove: false);
            // A holder that was lost and has come back is the nearest place: it may never have stopped.
            if (back < 0 && row is { Unreachable: true, Held: false } && context.Ledger.Fits(row.Slot, context.Class.Unit) > 0) back = row.Slot;
        }
        return back >= 0 ? new SingletonHold(back, null, MayMove: false) : new SingletonHold(-1, null, MayMove: true);
    }

    /// <summary>The holder that decides: one that may stay; without one, the one whose end is the least sure.</summary>
    private static ShareSheet.Row? Holder(PlacementContext context)
    {
        ShareSheet.Row? holder = null;
        foreach (ShareSheet.Row row in context.Sheet.Rows)
        {
            if (row.Share > 0 && (holder is null || Order(context, row) < Order(context, holder))) holder = row;
        }
        return holder;
    }

    private static int Order(PlacementContext context, ShareSheet.Row row)
    {
        SlotEntry slot = context.Snapshot.Slots[row.Slot];
        int sureness = row.Kept > 0 ? 0 : slot.Verdict.IsInContact() ? 6 : VerdictFilter.HasFencedItself(slot) ? 4 : 2;
        return sureness + (row.Moving ? 1 : 0);
    }

    private static string WhyHeld(SlotEntry slot, bool lost)
    {
        string state = slot.Verdict.IsLost() ? "lost" : slot.Verdict.ToString().ToLowerInvariant();
        if (!lost) return $"a singleton stays with its holder {slot.Text}, which is {state} ({slot.VerdictReason}), until it can confirm the end";
        string fence = (slot.Capabilities & Capabilities.Fencing) == 0
            ? "it cannot fence itself"
            : slot.LeaseEnded ? "its end is not confirmed" : "its lease has not surely ended";
        return $"its holder {slot.Text} is {state} ({slot.VerdictReason}) and {fence}: starting another could make two; if it is gone for good: fedctl confirm-lost {slot.Text}";
    }
}
