using System.Buffers;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Division;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Scoring;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling;

/// <summary>
/// One run over all workloads, in order of priority, then those that have shares already, then by key. Each is filtered, scored, divided and reserved
/// before the next is looked at, so that no two decisions count on the same room.
/// </summary>
internal sealed partial class PlanningPass
{
    /// <summary>Classes that keep their candidates at a time; more would cost more memory than they save.</summary>
    private const int MaxCachedClasses = 1024;

    private readonly PlanningSnapshot _snapshot;
    private readonly PlannedWorkload[] _workloads;
    private readonly SpecClass[] _classes;
    private readonly HoldingIndex _holdings;
    private readonly CapacityLedger _ledger;
    private readonly ClusterScore _scoring;
    private readonly CandidateTable _sharedTable;
    private readonly ClusterDivision _division;
    private readonly VolumePlacement _volumes;
    private readonly ShareSheet _sheet = new();
    private readonly PlacementContext _context;
    private readonly int[] _order;
    private readonly Func<int, bool> _mustLeave;
    private readonly HeldBack? _heldBack;
    private readonly bool _toOwnRoom;
    private CandidateTable? _closing;
    private SpecClass? _sharedTableClass;

    private PlanningPass(DesiredState desired, ObservedState observed, bool toOwnRoom)
    {
        _toOwnRoom = toOwnRoom;
        _snapshot = new PlanningSnapshot(desired, observed);
        _workloads = SortByKey(desired.Workloads);
        _holdings = new HoldingIndex(_snapshot, _workloads, observed);
        _ledger = new CapacityLedger(_snapshot, _holdings);
        _scoring = new ClusterScore(_snapshot);
        _sharedTable = new CandidateTable(_snapshot, _scoring);
        _division = new ClusterDivision(_snapshot);
        _volumes = new VolumePlacement(new VolumeHomes(_snapshot));
        _context = new PlacementContext(_snapshot, _ledger, _sheet) { TolerationsEnded = observed.TolerationsEnded };
        _mustLeave = slot => _context.Table.Evicted[slot] || VerdictFilter.Evicts(_snapshot, _context.Workload, slot, _context.TolerationsEnded);
        _classes = Classify(_workloads);
        _order = OrderOfPlacement();
        SettleVolumes();
        _heldBack = HeldBack.Of(_snapshot, _ledger, _workloads, _classes, _holdings, ClosedTo);
        _context.HeldBack = _heldBack;
    }

    private bool BreaksPromise => _heldBack?.BreaksPromise() == true;

    /// <summary>
    /// Plans all workloads. Who leaves a lost place divides itself as usual over what is free to it, unless that would take from others, who have yet to leave, the room that is
    /// held for them: then all go to their own rooms, which leaves the others theirs.
    /// </summary>
    public static PlacementPlan Plan(DesiredState desired, ObservedState observed)
    {
        var pass = new PlanningPass(desired, observed, toOwnRoom: false);
        PlacementPlan plan = pass.Run();
        return pass.BreaksPromise ? new PlanningPass(desired, observed, toOwnRoom: true).Run() : plan;
    }

    /// <summary>Begins the run by which <see cref="Plan"/> decides, for who asks how it comes to that.</summary>
    public static PlanningPass Begin(DesiredState desired, ObservedState observed)
    {
        var pass = new PlanningPass(desired, observed, toOwnRoom: false);
        if (pass._heldBack is not { IsUnderLoss: true }) return pass;
        pass.Run();
        return new PlanningPass(desired, observed, pass.BreaksPromise);
    }

    /// <summary>The workload placed last, with its class and its own places, for explanations.</summary>
    public PlacementContext Context => _context;

    private PlacementPlan Run()
    {
        var bindings = new Binding[_workloads.Length];
        foreach (int w in _order) bindings[w] = Place(w);
        return new PlacementPlan(bindings);
    }

    /// <summary>Places workloads up to and including one; null if it is not desired. <paramref name="probe"/> sees the ledger before the last is divided.</summary>
    public Binding? RunUntil(WorkloadKey key, Action<PlacementContext> probe)
    {
        foreach (int w in _order)
        {
            if (_workloads[w].Key == key) return Place(w, probe);
            Place(w);
        }
        return null;
    }

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

    /// <summary>The slots that take nothing new of a class.</summary>
    private SlotSet ClosedTo(SpecClass specClass)
    {
        CandidateTable table = specClass.Candidates ?? (_closing ??= new CandidateTable(_snapshot, _scoring));
        if (specClass.Candidates is null) table.Fill(specClass);
        var closed = new SlotSet(_snapshot.Slots.Length);
        closed.UnionWith(table.Closed);
        return closed;
    }

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

    private CandidateTable TableOf(SpecClass specClass)
    {
        if (specClass.Candidates is { } kept) return kept;
        if (!ReferenceEquals(_sharedTableClass, specClass))
        {
            _sharedTable.Fill(specClass);
            _sharedTable.Begin(_ledger, specClass.Unit);
            _sharedTableClass = specClass;
        }
        return _sharedTable;
    }

    private SpecClass[] Classify(PlannedWorkload[] workloads)
    {
        var known = new Dictionary<PlannedWorkload, SpecClass>(new SpecClassComparer());
        var classes = new SpecClass[workloads.Length];
        Capabilities[] occurring = [.. _snapshot.Conditions.ByCapabilities.Select(static set => set.Capabilities)];
        int cached = 0;
        for (int w = 0; w < workloads.Length; w++)
        {
            if (!known.TryGetValue(workloads[w], out SpecClass? specClass))
            {
                specClass = new SpecClass(workloads[w], occurring);
                known.Add(workloads[w], specClass);
            }
            classes[w] = specClass;
            if (++specClass.Members != 2 || cached == MaxCachedClasses) continue;
            cached++;
            specClass.Candidates = new CandidateTable(_snapshot, _scoring);
            specClass.Candidates.Fill(specClass);
            specClass.Candidates.Begin(_ledger, specClass.Unit);
        }
        return classes;
    }

    private int[] OrderOfPlacement()
    {
        var keys = new long[_workloads.Length];
        var order = new int[_workloads.Length];
        for (int w = 0; w < keys.Length; w++)
        {
            bool hasShares = false;
            foreach (Holding holding in _holdings.Of(w)) hasShares |= holding.IsShare;
            // Priority is at most a million either way, workloads fit into 32 bits: one number sorts by all three.
            keys[w] = (-(long)_workloads[w].Policy.Priority << 34) + (hasShares ? 0 : 1L << 33) + w;
            order[w] = w;
        }
        Array.Sort(keys, order);
        return order;
    }

    private void SettleVolumes()
    {
        foreach (int w in _order)
        {
            if (_workloads[w].Volumes.Count > 0 && _holdings.Of(w) is { Length: > 0 } holdings) _volumes.Settle(_snapshot, _workloads[w], holdings);
        }
    }

    private static PlannedWorkload[] SortByKey(IReadOnlyList<PlannedWorkload> workloads)
    {
        var sorted = new PlannedWorkload[workloads.Count];
        string[] keys = ArrayPool<string>.Shared.Rent(sorted.Length);
        bool inOrder = true;
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = workloads[i];
            keys[i] = sorted[i].Key.ToString();
            inOrder &= i == 0 || string.CompareOrdinal(keys[i - 1], keys[i]) < 0;
        }
        if (!inOrder) Array.Sort(keys, sorted, 0, sorted.Length, StringComparer.Ordinal);
        ArrayPool<string>.Shared.Return(keys, clearArray: true);
        return sorted;
    }
}
