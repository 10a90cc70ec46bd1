using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Division;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Reservation;

/// <summary>
/// Room that is held back so that the loss of any one cluster, or region, still fits. For every such loss, who would have to leave is given room of its own elsewhere: in one order
/// of workloads (priority, then key), each the first slots that have it. Losses do not come together, so they share the room: of a slot the most is held that any one of them needs.
/// <para>
/// Why the room is found again when the loss has come, by a planner that knows only what runs: what is placed later takes only what nobody holds, which changes nobody's first
/// slots; and a workload that enters a loss is placed only if all who are in it, given room anew with it, lack no more than before. So the same order gives the same room
/// then, and each who leaves finds at least its own part free: it alone may take it, and divides itself over that and all that is free for it.
/// </para>
/// </summary>
internal sealed class HeldBack
{
    private static readonly Dictionary<int, ResourceAmount> NothingTaken = [];

    private readonly PlanningSnapshot _snapshot;
    private readonly CapacityLedger _ledger;
    private readonly PlannedWorkload[] _workloads;
    private readonly SpecClass[] _classes;
    private readonly Func<SpecClass, SlotSet> _closedTo;
    private readonly Dictionary<SpecClass, SlotSet> _closed = [];
    private readonly int[] _rank;
    private readonly LossScenario[] _scenarios;
    private readonly int[] _regionOf;
    private readonly int[] _going;
    private readonly ResourceAmount[] _most, _applied;
    private readonly SortedDictionary<int, LossEntry> _before = [];
    private readonly List<(int Loss, int Workload, int Left)> _promised = [];
    private int[] _losses = [];

    private HeldBack(PlanningSnapshot snapshot, CapacityLedger ledger, PlannedWorkload[] workloads, SpecClass[] classes, Func<SpecClass, SlotSet> closedTo)
    {
        (_snapshot, _ledger, _workloads, _classes, _closedTo) = (snapshot, ledger, workloads, classes, closedTo);
        (_most, _applied) = (new ResourceAmount[snapshot.Slots.Length], new ResourceAmount[snapshot.Slots.Length]);
        _rank = new int[workloads.Length];
        int rank = 0;
        foreach (int w in Enumerable.Range(0, workloads.Length).OrderByDescending(w => workloads[w].Policy.Priority)) _rank[w] = rank++;
        _regionOf = new int[snapshot.Clusters.Length];
        List<LossScenario> scenarios = [.. snapshot.Clusters.Select(static cluster => new LossScenario($"cluster {cluster.Id}"))];
        var regions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int c = 0; c < _regionOf.Length; c++)
        {
            _regionOf[c] = c;
            if (snapshot.Clusters[c].Declared?.Metadata.Labels?.GetValueOrDefault("region") is not { } region) continue;
            if (!regions.TryGetValue(region, out _regionOf[c]))
            {
                regions.Add(region, _regionOf[c] = scenarios.Count);
                scenarios.Add(new LossScenario($"region {region}"));
            }
        }
        _scenarios = [.. scenarios];
        _going = [.. Enumerable.Range(0, _regionOf.Length).Where(IsAllGoing)];
    }

    /// <summary>How often room was given back: what was computed before is no upper bound any more.</summary>
    public int Returns { get; private set; }

    /// <summary>Whether the workload that is open leaves a place that is lost or given up, so that it has a right to what was held for that.</summary>
    public bool Leaves { get; private set; }

    /// <summary>Whether a loss is under way and someone has yet to leave it.</summary>
    public bool IsUnderLoss => _promised.Count > 0;

    /// <summary>The loss by which <see cref="Allows"/> last refused.</summary>
    public string Refused { get; private set; } = "";

    /// <summary>Holds room for what runs; null if no policy asks for it.</summary>
    public static HeldBack? Of(PlanningSnapshot snapshot, CapacityLedger ledger, PlannedWorkload[] workloads, SpecClass[] classes, HoldingIndex holdings, Func<SpecClass, SlotSet> closedTo)
    {
        if (!Array.Exists(workloads, Asks)) return null;
        var held = new HeldBack(snapshot, ledger, workloads, classes, closedTo);
        foreach (int w in Enumerable.Range(0, workloads.Length).Where(w => Asks(workloads[w])).OrderBy(w => held._rank[w]))
        {
            var shares = new List<(int Slot, int Replicas)>();
            foreach (Holding holding in holdings.Of(w))
                if (holding.IsShare) shares.Add((holding.Slot, holding.Assigned));
            foreach ((int d, int replicas) in held.LostWith(w, shares)) held.Commit(d, w, held.Refill(d, w, replicas, NothingTaken));
        }
        held.ShowAll();
        foreach (int d in held.LossesOf(held._going))
            foreach (LossEntry entry in held._scenarios[d].Entries) held._promised.Add((d, entry.Workload, entry.Left));
        return held;
    }

    /// <summary>Whether room is held back for the workload. What nothing makes leave a lost place needs none elsewhere.</summary>
    public static bool Asks(PlannedWorkload workload) => workload.Policy is { Survive: not null, Failover.Enabled: true } && !workload.Completed && !VolumeHomes.Binds(workload)
        && (workload.Spec.Singleton || workload.Policy.Division.Strategy != DivisionStrategy.Duplicated);

    /// <summary>What of a slot is held back.</summary>
    public ResourceAmount At(int slot) => _applied[slot];

    /// <summary>The loss for which the most of a slot is held back.</summary>
    public string For(int slot) => _scenarios.MaxBy(scenario => scenario.Held.GetValueOrDefault(slot) is var held ? (held.Cpu.Value, held.Memory.Value) : default)!.Text;

    /// <summary>What would be lost of a workload, loss by loss, with the room that is held for it.</summary>
    public IEnumerable<(string Loss, LossEntry Entry)> Of(int w) => _scenarios.Where(scenario => scenario.Find(_rank[w]) is not null).Select(scenario => (scenario.Text, scenario.Find(_rank[w])!));

    /// <summary>Before a workload is divided: the room that was held for it is its own to take.</summary>
    public void Open(int w, ShareSheet sheet)
    {
        _before.Clear();
        foreach ((int d, _) in LostWith(w, [.. sheet.Rows.Where(static row => row.Share > 0).Select(static row => (row.Slot, row.Share))]))
        {
            if (_scenarios[d].Find(_rank[w]) is not { } entry) continue;
            _before.Add(d, entry);
            _scenarios[d].Entries.RemoveAt(_scenarios[d].PlaceOf(_rank[w]));
            Return(d, entry);
        }
        ShowAll();
        int[] left = [.. sheet.Rows.Where(row => row.Evicted && IsGoing(row.Slot)).Select(row => _snapshot.Slots[row.Slot].Cluster).Distinct()];
        Leaves = left.Length > 0;
        _losses = LossesOf(left);
    }

    /// <summary>Whether the answer leaves nobody without room for a loss who had it before, the workload's new replicas included.</summary>
    public bool Allows(int w, ShareSheet sheet)
    {
        if (sheet.Answer.TrueForAll(share => share.Replicas <= (sheet.Rows.Find(row => row.Slot == share.Slot)?.Share ?? 0))) return true;
        Dictionary<int, ResourceAmount> taken = TakenBy(w, sheet);
        foreach ((int d, int replicas) in LostWith(w, sheet.Answer))
        {
            if (!IsWorse(d, w, Refill(d, w, replicas, taken), _before.GetValueOrDefault(d)?.Left ?? 0)) continue;
            Refused = _scenarios[d].Text;
            return false;
        }
        return true;
    }

    /// <summary>Shows the ledger as it is for who leaves a lost place: only what is held for others that leave it is not free.</summary>
    public void ShowLoss()
    {
        for (int s = 0; s < _applied.Length; s++)
        {
            ResourceAmount held = ResourceAmount.Zero;
            foreach (int d in _losses) held = ResourceAmount.Larger(held, _scenarios[d].Held.GetValueOrDefault(s));
            Apply(s, held);
        }
    }

    /// <summary>The room that is held for the workload that is open, for the loss that it leaves.</summary>
    public IEnumerable<(int Slot, int Replicas)> OwnRoom() => _losses.Where(_before.ContainsKey).SelectMany(d => _before[d].Room);

    /// <summary>
    /// After all are placed: whether someone who has yet to leave a lost place would then lack room that was held for it. Who left before may have gone elsewhere than to its own
    /// room, which others of its order take then, and leave less to those after them.
    /// </summary>
    public bool BreaksPromise()
    {
        foreach (IGrouping<int, (int Loss, int Workload, int Left)> loss in _promised.GroupBy(static promise => promise.Loss))
        {
            Dictionary<int, int> promised = loss.ToDictionary(static promise => promise.Workload, static promise => promise.Left);
            var held = new Dictionary<int, ResourceAmount>();
            foreach (LossEntry entry in _scenarios[loss.Key].Entries)
                if (Give(loss.Key, entry.Workload, entry.Replicas, held, NothingTaken).Left > promised.GetValueOrDefault(entry.Workload, int.MaxValue)) return true;
        }
        return false;
    }

    /// <summary>After a workload was placed and reserved: holds room for what would be lost of it now.</summary>
    public void Close(int w, ShareSheet sheet)
    {
        SortedDictionary<int, int> now = LostWith(w, sheet.Answer);
        bool changed = sheet.Answer.Count != sheet.Rows.Count(static row => row.Share > 0)
            || !sheet.Answer.TrueForAll(share => sheet.Rows.Exists(row => row.Slot == share.Slot && row.Share == share.Replicas));
        foreach (int d in _before.Keys.Union(now.Keys).Order())
        {
            int replicas = now.GetValueOrDefault(d);
            if (!changed) Insert(d, _before[d]);
            else if (!Leaves && Refill(d, w, replicas, NothingTaken) is var refilled && !IsWorse(d, w, refilled, int.MaxValue)) Commit(d, w, refilled);
            // While a loss is under way, or where less is lost than before, nobody's room is given to another.
            else if (replicas > 0) Insert(d, Give(d, w, replicas, new(_scenarios[d].Held), NothingTaken));
        }
        ShowAll();
    }

    // Lost, or given up by a person, which asks for the same room.
    private bool IsGoing(int slot) => _snapshot.Slots[slot] is { } entry && (entry.Verdict.IsLost() || entry.Draining || entry.ConfirmedLost || _snapshot.Conditions.NotRegistered[slot]);

    private bool IsAllGoing(int cluster)
    {
        int first = _snapshot.FirstSlots[cluster], end = _snapshot.FirstSlots[cluster + 1];
        for (int s = first; s < end; s++)
            if (!IsGoing(s)) return false;
        return end > first;
    }

    // A cluster that is left while others of its region are lost too is part of the region's loss, if anyone is to survive that; of more than one loss at a time no promise speaks.
    private int[] LossesOf(int[] left) =>
    [
        .. left.GroupBy(c => _regionOf[c]).SelectMany(region =>
            _scenarios[region.Key].Entries.Count > 0 && _going.Where(c => _regionOf[c] == region.Key).Union(region).Count() > 1 ? [region.Key] : region.AsEnumerable()),
    ];

    // How many of these replicas each loss would take.
    private SortedDictionary<int, int> LostWith(int w, List<(int Slot, int Replicas)> shares)
    {
        var lost = new SortedDictionary<int, int>();
        foreach ((int slot, int replicas) in shares)
        {
            if (replicas == 0) continue;
            int cluster = _snapshot.Slots[slot].Cluster, region = _regionOf[cluster];
            lost[cluster] = lost.GetValueOrDefault(cluster) + replicas;
            if (_workloads[w].Policy.Survive == Survival.Region && region != cluster) lost[region] = lost.GetValueOrDefault(region) + replicas;
        }
        return lost;
    }

    // What the open workload would take of each slot beyond what the ledger says.
    private Dictionary<int, ResourceAmount> TakenBy(int w, ShareSheet sheet)
    {
        ResourceAmount unit = _classes[w].Unit.Amount;
        var taken = new Dictionary<int, ResourceAmount>();
        foreach ((int slot, int replicas) in sheet.Answer) taken[slot] = unit * replicas;
        foreach (ShareSheet.Row row in sheet.Rows) taken[row.Slot] = ResourceAmount.Larger(taken.GetValueOrDefault(row.Slot), row.InFlight) - (unit * row.Kept);
        return taken;
    }

    // The entries from the workload's place in the order on, with it (if it would lose anything), all given room anew.
    private List<LossEntry> Refill(int d, int w, int replicas, Dictionary<int, ResourceAmount> taken)
    {
        LossScenario scenario = _scenarios[d];
        var held = new Dictionary<int, ResourceAmount>(scenario.Held);
        List<LossEntry> after = After(d, w), refilled = [];
        foreach (LossEntry entry in after)
            foreach ((int slot, int count) in entry.Room) held[slot] -= _classes[entry.Workload].Unit.Amount * count;
        if (replicas > 0) refilled.Add(Give(d, w, replicas, held, taken));
        foreach (LossEntry entry in after) refilled.Add(Give(d, entry.Workload, entry.Replicas, held, taken));
        return refilled;
    }

    private List<LossEntry> After(int d, int w) => _scenarios[d].Entries[_scenarios[d].PlaceOf(_rank[w])..];

    private LossEntry Give(int d, int w, int replicas, Dictionary<int, ResourceAmount> held, Dictionary<int, ResourceAmount> taken)
    {
        ReplicaUnit unit = _classes[w].Unit;
        SlotSet closed = ClosedTo(_classes[w]);
        var room = new List<(int Slot, int Replicas)>();
        int left = replicas;
        for (int s = 0; s < _most.Length && left > 0; s++)
        {
            if (closed[s] || IsIn(d, s)) continue;
            ResourceAmount free = _ledger.Free(s) + _applied[s] - taken.GetValueOrDefault(s);
            if (unit.Fits(free.Cpu.Value, free.Memory.Value) == 0) continue;
            ResourceAmount already = held.GetValueOrDefault(s);
            free -= already;
            int fits = Math.Min(left, unit.Fits(free.Cpu.Value, free.Memory.Value));
            if (fits == 0) continue;
            held[s] = already + (unit.Amount * fits);
            room.Add((s, fits));
            left -= fits;
        }
        return new LossEntry(w, _rank[w], replicas, room, left);
    }

    private bool IsIn(int d, int slot)
    {
        int cluster = _snapshot.Slots[slot].Cluster;
        return d == cluster || d == _regionOf[cluster];
    }

    private bool IsWorse(int d, int w, List<LossEntry> refilled, int allowed)
    {
        foreach (LossEntry entry in refilled)
            if (entry.Left > (entry.Workload == w ? allowed : _scenarios[d].Find(entry.Rank)!.Left)) return true;
        return false;
    }

    // Puts these in the place of the workload's entry and all after it.
    private void Commit(int d, int w, List<LossEntry> refilled)
    {
        LossScenario scenario = _scenarios[d];
        List<LossEntry> before = After(d, w);
        HashSet<LossEntry> old = new(before, ReferenceEqualityComparer.Instance), anew = new(refilled, ReferenceEqualityComparer.Instance);
        foreach (LossEntry entry in before)
            if (!anew.Contains(entry)) Return(d, entry);
        scenario.Entries.RemoveRange(scenario.Entries.Count - before.Count, before.Count);
        scenario.Entries.AddRange(refilled);
        foreach (LossEntry entry in refilled)
        {
            if (!old.Contains(entry)) Hold(scenario, entry);
        }
    }

    private void Insert(int d, LossEntry entry)
    {
        _scenarios[d].Entries.Insert(_scenarios[d].PlaceOf(entry.Rank), entry);
        Hold(_scenarios[d], entry);
    }

    private void Hold(LossScenario scenario, LossEntry entry)
    {
        foreach ((int slot, int count) in entry.Room)
        {
            ResourceAmount held = scenario.Held.GetValueOrDefault(slot) + (_classes[entry.Workload].Unit.Amount * count);
            scenario.Held[slot] = held;
            _most[slot] = ResourceAmount.Larger(_most[slot], held);
        }
    }

    private void Return(int d, LossEntry entry)
    {
        foreach ((int slot, int count) in entry.Room)
        {
            _scenarios[d].Held[slot] -= _classes[entry.Workload].Unit.Amount * count;
            ResourceAmount most = ResourceAmount.Zero;
            foreach (LossScenario scenario in _scenarios) most = ResourceAmount.Larger(most, scenario.Held.GetValueOrDefault(slot));
            _most[slot] = most;
        }
    }

    private void ShowAll()
    {
        for (int s = 0; s < _applied.Length; s++) Apply(s, _most[s]);
    }

    // What is held back looks reserved.
    private void Apply(int slot, ResourceAmount held)
    {
        if (held == _applied[slot]) return;
        if (ResourceAmount.Larger(held, _applied[slot]) != held) Returns++;
        _ledger.Release(slot, _applied[slot]);
        _ledger.Reserve(slot, held);
        _applied[slot] = held;
    }

    private SlotSet ClosedTo(SpecClass specClass)
    {
        if (_closed.TryGetValue(specClass, out SlotSet? closed)) return closed;
        _closed.Add(specClass, closed = _closedTo(specClass));
        return closed;
    }
}
