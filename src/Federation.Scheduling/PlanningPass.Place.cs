using Federation.Domain.Bindings;
using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Division;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling;

/// <summary>One workload: what of it may stay stays, the rest is divided, and the answer is confined where the loss of a place must leave room.</summary>
internal sealed partial class PlanningPass
{
    private Binding Place(int w, Action<PlacementContext>? probe = null)
    {
        (PlannedWorkload workload, SpecClass specClass) = Begin(w);
        ReadOnlySpan<Holding> holdings = _holdings.Of(w);
        _sheet.Reset(holdings);
        if (workload.Completed) return Ended(workload, holdings, probe);
        if (holdings.Length > 0)
        {
            _sheet.Open(_ledger);
            _sheet.Keep(_ledger, specClass.Unit, _mustLeave, _context.Table.Closed);
        }
        // What is at rest keeps the room that is held for it.
        HeldBack? held = HeldBack.Asks(workload) && !IsAtRest(workload, specClass) ? _heldBack : null;
        held?.Open(w, _sheet);
        CatchUp();
        probe?.Invoke(_context);
        if (_context.Desired > 0)
        {
            Divide(workload, specClass);
            if (held is not null) Confine(w, held);
        }
        if (holdings.Length > 0) _sheet.ReleaseKept(_ledger, specClass.Unit);
        _sheet.Close(_ledger, specClass.Unit);
        held?.Close(w, _sheet);
        // Replicas that became larger were reserved while the class was looked at; where they did not stay, there is now more room than it saw.
        if (_sheet.Grew) _context.Table.Begin(_ledger, specClass.Unit);
        return new Binding
        {
            Workload = workload.Key,
            WorkloadUid = workload.Uid,
            Generation = workload.Generation,
            Revision = workload.Revision,
            Shares = SharesOf(_sheet),
            Unplaced = _sheet.Unplaced,
            Stranded = _sheet.Stranded,
        };
    }

    // Nothing of it runs, so that nothing of it is lost with its place; only a place that is given up is left.
    private Binding Ended(PlannedWorkload workload, ReadOnlySpan<Holding> holdings, Action<PlacementContext>? probe)
    {
        probe?.Invoke(_context);
        foreach (Holding holding in holdings)
        {
            if (holding.IsShare && !_snapshot.Conditions.Draining[holding.Slot] && !_snapshot.Conditions.NotRegistered[holding.Slot]) _sheet.Put(holding.Slot, holding.Assigned);
        }
        _sheet.Notes.Add("it has run to its end, and holds nothing");
        return new Binding { Workload = workload.Key, WorkloadUid = workload.Uid, Generation = workload.Generation, Revision = workload.Revision, Shares = SharesOf(_sheet) };
    }

    private (PlannedWorkload Workload, SpecClass Class) Begin(int w)
    {
        PlannedWorkload workload = _workloads[w];
        SpecClass specClass = _classes[w];
        (_context.Workload, _context.Class, _context.Table) = (workload, specClass, TableOf(specClass));
        CatchUp();
        _context.Index = w;
        _context.Seed = StableHash.Of(workload.Uid);
        int replicas = Math.Max(0, workload.Spec.Replicas ?? 1);
        _context.Desired = specClass.OnEachMachine ? Math.Min(1, replicas) * MachineDivision.Wanted(_context) : specClass.Singleton ? Math.Min(1, replicas) : replicas;
        return (workload, specClass);
    }

    private void Divide(PlannedWorkload workload, SpecClass specClass)
    {
        if (specClass.OnEachMachine)
        {
            MachineDivision.Divide(_context);
            return;
        }
        if (VolumeHomes.Binds(workload))
        {
            _volumes.Place(_context);
            return;
        }
        if (!specClass.Singleton)
        {
            if (workload.Aim is { } aim && AimDivision.TryPlace(_context, aim)) return;
            if (PinShift.Applies(workload) || !IsSettled(specClass)) _division.Divide(_context);
            return;
        }
        SingletonHold hold = SingletonPlacement.Judge(_context);
        if (workload.Aim is { } goal && (hold.MayMove || SingletonPlacement.MayLeave(_context, hold)) && AimDivision.TryPlace(_context, goal)) return;
        if (hold.MayMove || SingletonPlacement.IsPinnedElsewhere(_context, hold)) _division.Divide(_context);
        if (_sheet.Answer.Count > 0) return;
        Hold(hold);
    }

    private void Hold(SingletonHold hold)
    {
        _sheet.Put(hold.Slot, hold.Slot >= 0 ? 1 : 0);
        _sheet.Unplaced = hold.Slot >= 0 ? 0 : 1;
        _sheet.Stranded = hold.Reason;
    }

    /// <summary>
    /// Makes the answer one after which the loss of any one place still fits: as many replicas as the division can place so, but none fewer than run. What leaves a lost place has
    /// a right to the room that was held for that, where nothing else is free; of a second loss no promise speaks.
    /// </summary>
    private void Confine(int w, HeldBack held)
    {
        int wanted = _context.Desired, kept = Math.Min(wanted, _sheet.KeptTotal), ran = Math.Min(wanted, _sheet.Rows.Sum(static row => row.Share)), first = _sheet.AnswerTotal;
        if (held.Leaves)
        {
            if (!_toOwnRoom && _sheet.Answer.Sum(share => _sheet.Rows.Exists(row => row.Slot == share.Slot && row.Evicted) ? 0 : share.Replicas) >= ran) return;
            held.ShowLoss();
            if (!_toOwnRoom || !GoToOwnRoom(held)) DivideAgain(ran);
            _sheet.Confined = ran < wanted;
            if (ran < wanted) _sheet.Notes.Add($"survive: {wanted - ran} wait until those that leave a lost place have another");
            return;
        }
        if (held.Allows(w, _sheet)) return;
        string loss = held.Refused;
        if (_context.Class.Singleton)
        {
            _sheet.ClearAnswer();
            Hold(SingletonPlacement.Judge(_context));
        }
        else
        {
            int least = kept, most = wanted;
            while (most - least > 1)
            {
                int middle = least + ((most - least) / 2);
                DivideAgain(middle);
                if (held.Allows(w, _sheet)) least = middle;
                else most = middle;
            }
            DivideAgain(least);
            if (!held.Allows(w, _sheet)) Stay(least);
        }
        int fewer = first - _sheet.AnswerTotal;
        _sheet.Confined = true;
        _sheet.Notes.Add(fewer > 0
            ? $"survive: {fewer} found no place, for the loss of {loss} would leave no room for them elsewhere; add capacity, or ask for fewer"
            : $"survive: it stays where it is, for the loss of {loss} would leave no room for it elsewhere; add capacity");
    }

    // What may stay stays; false where nothing leaves, or nothing is held for it.
    private bool GoToOwnRoom(HeldBack held)
    {
        if (_sheet.Answer.TrueForAll(share => _sheet.Rows.Exists(row => row.Slot == share.Slot && row.Evicted))) return false;
        var places = new SortedDictionary<int, int>();
        foreach (ShareSheet.Row row in _sheet.Rows)
            if (row.Kept > 0) places[row.Slot] = row.Kept;
        int left = _context.Desired - _sheet.KeptTotal;
        foreach (IGrouping<int, int> room in held.OwnRoom().GroupBy(static room => room.Slot, static room => room.Replicas))
        {
            int goes = Math.Min(Math.Min(left, room.Sum()), _ledger.Fits(room.Key, _context.Class.Unit));
            if (goes <= 0) continue;
            places[room.Key] = places.GetValueOrDefault(room.Key) + goes;
            left -= goes;
        }
        if (left == _context.Desired - _sheet.KeptTotal) return false;
        _sheet.ClearAnswer();
        foreach ((int slot, int replicas) in places) _sheet.Put(slot, replicas);
        _sheet.Unplaced = left;
        return true;
    }

    private void DivideAgain(int replicas)
    {
        int wanted = _context.Desired;
        _sheet.ClearAnswer();
        CatchUp();
        _context.Desired = replicas;
        if (replicas > 0) Divide(_context.Workload, _context.Class);
        _context.Desired = wanted;
        _sheet.Unplaced += wanted - replicas;
    }

    // Rules may want to move what runs to where it has no room for a loss.
    private void Stay(int replicas)
    {
        int wanted = _context.Desired;
        _sheet.ClearAnswer();
        _sheet.Unplaced = wanted - replicas;
        foreach (ShareSheet.Row row in _sheet.Rows)
        {
            int stay = Math.Min(replicas, row.Kept);
            _sheet.Put(row.Slot, stay);
            replicas -= stay;
        }
    }

    private bool IsAtRest(PlannedWorkload workload, SpecClass specClass) => _sheet.KeptTotal == _context.Desired && workload.Aim is null && !PinShift.Applies(workload) && !specClass.HasSpread
        && (specClass.Singleton || specClass.Policy.Division.Strategy == DivisionStrategy.Dynamic) && !_sheet.Rows.Exists(static row => row.Evicted);

    // Where less is held back than when the class was looked at, there is now more room than it saw.
    private void CatchUp()
    {
        if (_heldBack is null || _context.Table.Returns == _heldBack.Returns) return;
        _context.Table.Begin(_ledger, _context.Class.Unit);
        _context.Table.Returns = _heldBack.Returns;
    }

    /// <summary>Most workloads of most plans: everything is where it may stay and no rule but the number asks anything.</summary>
    private bool IsSettled(SpecClass specClass)
    {
        if (specClass.HasSpread || specClass.Policy.Division.Strategy != DivisionStrategy.Dynamic || _sheet.KeptTotal != _context.Desired) return false;
        foreach (ShareSheet.Row row in _sheet.Rows) _sheet.Put(row.Slot, row.Kept);
        return true;
    }

    private BindingShare[] SharesOf(ShareSheet sheet)
    {
        List<(int Slot, int Replicas)> answer = sheet.Answer;
        if (answer.Count == 0) return [];
        var shares = new BindingShare[answer.Count];
        for (int i = 0; i < shares.Length; i++)
        {
            SlotEntry slot = _snapshot.Slots[answer[i].Slot];
            shares[i] = new BindingShare(_snapshot.Clusters[slot.Cluster].Id, slot.Node, answer[i].Replicas);
        }
        return shares;
    }
}
