using System.Globalization;
using Federation.Domain.Bindings;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Division;
using Federation.Scheduling.Rebalancing;
using Federation.Scheduling.Reservation;

namespace Federation.Scheduling;

/// <summary>
/// Rebalancing: every settled workload is looked at again as if it were new while all others stay, and moves where that gains enough; until no workload would. A step
/// gains a higher tier, or within the tier at least <see cref="LeastGain"/> points for every replica that it moves, so that the search ends, and a world that it
/// has no step for is balanced: it is planned as empty.
/// </summary>
internal sealed partial class PlanningPass
{
    /// <summary>Points that each moved replica must gain: a place that is 5% less taken is worth no move.</summary>
    private const double LeastGain = 0.5;

    /// <summary>Plans all workloads, then improves on it. What is told can be carried out in some order, with every old replica in its place until the new ones are ready.</summary>
    public IReadOnlyList<BetterPlacement> Improve()
    {
        var now = new Share[]?[_workloads.Length];
        foreach (int w in _order)
        {
            Place(w);
            now[w] = Settled(w);
        }
        var free = new ResourceAmount[_snapshot.Slots.Length];
        for (int s = 0; s < free.Length; s++) free[s] = _ledger.Free(s);
        var worth = new PlacementWorth(_snapshot, _scoring);
        Share[]?[] then = [.. now];
        for (bool better = true; better;)
        {
            better = false;
            foreach (int w in _order)
            {
                if (then[w] is not { } place || Better(w, place, worth) is not { } found) continue;
                then[w] = found;
                better = true;
            }
        }
        var left = new Queue<int>(_order.Where(w => then[w] is { } place && !place.SequenceEqual(now[w]!)));
        return [.. Feasible(left, now, then, [.. free]).Order().Select(w => new BetterPlacement(BindingOf(w, then[w]!), Why(w, now[w]!, then[w]!, free)))];
    }

    /// <summary>The shares of the workload placed last, if all of it is at rest where it may stay and nothing but its owner's wish binds it; else null.</summary>
    private Share[]? Settled(int w)
    {
        PlannedWorkload workload = _workloads[w];
        SpecClass specClass = _classes[w];
        if (specClass.Singleton || specClass.Policy.Division.Strategy != DivisionStrategy.Dynamic || VolumeHomes.Binds(workload) || PinShift.Applies(workload) || workload.Aim is not null || workload.Completed || HeldBack.Asks(workload)) return null;
        // What ends by design would be begun again, and lose what it has done.
        if (workload.Spec.Template.Restart.Condition != RestartCondition.Always) return null;
        ReadOnlySpan<Holding> holdings = _holdings.Of(w);
        if (holdings.Length == 0 || holdings.Length != _sheet.Answer.Count || _sheet.Unplaced > 0) return null;
        var shares = new Share[holdings.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            Holding holding = holdings[i];
            bool atRest = holding is { IsShare: true, State: Domain.Assignments.AssignmentState.Active } && holding.InFlight == holding.Assigned && holding.Unit == specClass.Unit.Amount;
            if (!atRest || _context.Table.Closed[holding.Slot] || _sheet.Answer[i] != (holding.Slot, holding.Assigned)) return null;
            shares[i] = new(holding.Slot, holding.Assigned);
        }
        return shares;
    }

    private Share[]? Better(int w, Share[] now, PlacementWorth worth)
    {
        Begin(w);
        ReplicaUnit unit = _context.Class.Unit;
        foreach (Share share in now) _ledger.Release(share.Slot, unit.Amount * share.Replicas);
        _sheet.Reset([]);
        // Room was given back, which the table has not seen.
        _context.Table.Begin(_ledger, unit);
        _division.Divide(_context);
        Share[] then = [.. _sheet.Answer.Select(static share => new Share(share.Slot, share.Replicas)).OrderBy(static share => share.Slot)];
        bool better = _sheet is { Unplaced: 0, Notes.Count: 0 } && then.Sum(static share => share.Replicas) == now.Sum(static share => share.Replicas) && Gains(now, then, unit, worth);
        foreach (Share share in better ? then : now) _ledger.Reserve(share.Slot, unit.Amount * share.Replicas);
        return better ? then : null;
    }

    // With the workload itself out of the ledger.
    private bool Gains(Share[] now, Share[] then, in ReplicaUnit unit, PlacementWorth worth)
    {
        long tiers = 0;
        double gain = 0;
        foreach (Share share in then)
        {
            tiers += (long)TierOf(share.Slot) * share.Replicas;
            gain += worth.Gain(share.Slot, _ledger.Free(share.Slot), unit, share.Replicas);
        }
        foreach (Share share in now)
        {
            tiers -= (long)TierOf(share.Slot) * share.Replicas;
            gain -= worth.Gain(share.Slot, _ledger.Free(share.Slot), unit, share.Replicas);
        }
        if (tiers != 0) return tiers > 0;
        double asked = LeastGain * worth.Weight(unit) * Moved(now, then);
        return asked > 0 && gain >= asked;
    }

    private int TierOf(int slot) => _context.Table.Tier[_context.Table.RowOf(_snapshot.Slots[slot].Cluster)];

    private static int Moved(Share[] now, Share[] then) => then.Sum(share => Math.Max(0, share.Replicas - At(now, share.Slot)));

    private static int At(Share[] shares, int slot) => Array.Find(shares, share => share.Slot == slot).Replicas;

    // Two that want each other's place could wait for each other for ever, where the search went by a third one: what cannot be carried out is not told.
    private List<int> Feasible(Queue<int> left, Share[]?[] now, Share[]?[] then, ResourceAmount[] free)
    {
        var feasible = new List<int>();
        for (int waiting = 0; waiting < left.Count;)
        {
            int w = left.Dequeue();
            ReplicaUnit unit = _classes[w].Unit;
            if (Array.TrueForAll(then[w]!, share => unit.Fits(free[share.Slot].Cpu.Value, free[share.Slot].Memory.Value) >= share.Replicas - At(now[w]!, share.Slot)))
            {
                foreach (Share share in then[w]!) free[share.Slot] -= unit.Amount * share.Replicas;
                foreach (Share share in now[w]!) free[share.Slot] += unit.Amount * share.Replicas;
                feasible.Add(w);
                waiting = 0;
                continue;
            }
            left.Enqueue(w);
            waiting++;
        }
        return feasible;
    }

    private Binding BindingOf(int w, Share[] shares) => new()
    {
        Workload = _workloads[w].Key,
        WorkloadUid = _workloads[w].Uid,
        Generation = _workloads[w].Generation,
        Shares = [.. shares.Select(share => new BindingShare(_snapshot.Clusters[_snapshot.Slots[share.Slot].Cluster].Id, _snapshot.Slots[share.Slot].Node, share.Replicas))],
    };

    private string Why(int w, Share[] now, Share[] then, ResourceAmount[] free)
    {
        Begin(w);
        (int from, int to) = Extremes(now, then, slot => _snapshot.Slots[slot].Cluster);
        if (from == to)
        {
            (from, to) = Extremes(now, then, static slot => slot);
            return Fuller(_snapshot.Slots[from].Text, _snapshot.Slots[to].Text, Taken(free, from, from + 1), Taken(free, to, to + 1));
        }
        string source = _snapshot.Clusters[from].Id.Value, goal = _snapshot.Clusters[to].Id.Value;
        CandidateTable table = _context.Table;
        if (table.Tier[table.RowOf(to)] > table.Tier[table.RowOf(from)]) return $"its policy prefers {goal}";
        string fuller = Fuller(source, goal, Taken(free, _snapshot.FirstSlots[from], _snapshot.FirstSlots[from + 1]), Taken(free, _snapshot.FirstSlots[to], _snapshot.FirstSlots[to + 1]));
        return _scoring.PricePointsOf(to) > _scoring.PricePointsOf(from) ? $"{goal} is cheaper than {source}; {fuller}" : fuller;
    }

    // Who gives the most, and who gets the most; the same where only what is below them changes.
    private static (int From, int To) Extremes(Share[] now, Share[] then, Func<int, int> place)
    {
        var change = new SortedDictionary<int, int>();
        foreach (Share share in then) change[place(share.Slot)] = change.GetValueOrDefault(place(share.Slot)) + share.Replicas;
        foreach (Share share in now) change[place(share.Slot)] = change.GetValueOrDefault(place(share.Slot)) - share.Replicas;
        return (change.MinBy(static pair => pair.Value).Key, change.MaxBy(static pair => pair.Value).Key);
    }

    private double Taken(ResourceAmount[] free, int first, int end)
    {
        ResourceAmount all = ResourceAmount.Zero, left = ResourceAmount.Zero;
        for (int s = first; s < end; s++) (all, left) = (all + _snapshot.Slots[s].Allocatable, left + free[s]);
        double cpu = all.Cpu.Value > 0 ? 1 - ((double)left.Cpu.Value / all.Cpu.Value) : 0, memory = all.Memory.Value > 0 ? 1 - ((double)left.Memory.Value / all.Memory.Value) : 0;
        return Math.Max(cpu, memory);
    }

    private static string Fuller(string from, string to, double source, double goal) => string.Create(CultureInfo.InvariantCulture, $"{from} is {100 * source:0}% taken, {to} {100 * goal:0}%");

    /// <summary>Replicas on a slot.</summary>
    private readonly record struct Share(int Slot, int Replicas);
}
