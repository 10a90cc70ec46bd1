using System.Buffers;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
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

    /// <summary>The slots that take nothing new of a class.</summary>
    private SlotSet ClosedTo(SpecClass specClass)
    {
        CandidateTable table = specClass.Candidates ?? (_closing ??= new CandidateTable(_snapshot, _scoring));
        if (specClass.Candidates is null) table.Fill(specClass);
        var closed = new SlotSet(_snapshot.Slots.Length);
        closed.UnionWith(table.Closed);
        return closed;
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
