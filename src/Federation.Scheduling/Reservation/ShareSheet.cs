using Federation.Domain.Assignments;
using Federation.Domain.Quantities;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Reservation;

/// <summary>
/// One workload's shares while it is being placed: what it has by slot, what of it may stay, and the answer. The sheet is used again for the next
/// workload.
/// </summary>
internal sealed class ShareSheet
{
    private readonly List<Row> _rows = [];
    private readonly List<(int Slot, int Replicas)> _answer = [];

    /// <summary>What the workload has, a row for each slot, ordered by slot.</summary>
    public List<Row> Rows => _rows;

    /// <summary>The answer: replicas by slot, none of them zero.</summary>
    public List<(int Slot, int Replicas)> Answer => _answer;

    public int Unplaced { get; set; }

    public string? Stranded { get; set; }

    /// <summary>Why the planner did not do better, for explanations.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Clusters that a spread limit barred, for explanations.</summary>
    public List<int> Barred { get; } = [];

    /// <summary>The slot that alone may hold the workload, for explanations; -1 if there is none.</summary>
    public int Home { get; set; } = -1;

    /// <summary>Whether fewer are placed than there is room for, so that a loss fits; for explanations.</summary>
    public bool Confined { get; set; }

    /// <summary>Whether replicas somewhere are asked to become larger.</summary>
    public bool Grew { get; private set; }

    public int KeptTotal
    {
        get
        {
            int total = 0;
            for (int i = 0; i < _rows.Count; i++) total += _rows[i].Kept;
            return total;
        }
    }

    public int AnswerTotal
    {
        get
        {
            int total = 0;
            for (int i = 0; i < _answer.Count; i++) total += _answer[i].Replicas;
            return total;
        }
    }

    /// <summary>Begins with a workload's holdings.</summary>
    public void Reset(ReadOnlySpan<Holding> holdings)
    {
        _rows.Clear();
        ClearAnswer();
        (Grew, Confined) = (false, false);
        foreach (Holding holding in holdings)
        {
            if (_rows.Count == 0 || _rows[^1].Slot != holding.Slot) _rows.Add(new Row { Slot = holding.Slot });
            Row row = _rows[^1];
            row.InFlight += holding.Unit * holding.InFlight;
            row.Ordered |= holding.Ordered;
            if (holding.IsShare)
            {
                row.Share += holding.Assigned;
                row.Unit = holding.Unit;
                row.Moving |= holding.State == AssignmentState.Moving;
            }
            else if (holding.Ordered && (holding.InFlight > 0 || holding.State != AssignmentState.Active))
            {
                row.Departing = true;
                row.Unreachable |= holding.State == AssignmentState.Unreachable;
            }
        }
    }

    /// <summary>Forgets the answer, for another one.</summary>
    public void ClearAnswer()
    {
        _answer.Clear();
        Notes.Clear();
        Barred.Clear();
        (Unplaced, Stranded, Home) = (0, null, -1);
    }

    /// <summary>Adds to the answer; zero is nothing.</summary>
    public void Put(int slot, int replicas)
    {
        if (replicas > 0) _answer.Add((slot, replicas));
    }

    /// <summary>Frees what the workload uses, so that its own places count as room for it.</summary>
    public void Open(CapacityLedger ledger)
    {
        for (int i = 0; i < _rows.Count; i++) ledger.Release(_rows[i].Slot, _rows[i].InFlight);
    }

    /// <summary>Decides what may stay, slot by slot, and reserves it.</summary>
    /// <param name="ledger">The ledger, opened.</param>
    /// <param name="unit">What one replica now reserves.</param>
    /// <param name="mustLeave">Whether a slot's share must go.</param>
    /// <param name="closed">Slots that take nothing new.</param>
    public void Keep(CapacityLedger ledger, in ReplicaUnit unit, Func<int, bool> mustLeave, SlotSet closed)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            Row row = _rows[i];
            row.Held = closed[row.Slot];
            row.Evicted = row.Share > 0 && mustLeave(row.Slot);
            row.CouldStay = row.Share == 0 ? 0 : Stays(ledger, unit, row);
            row.Kept = row.Evicted ? 0 : row.CouldStay;
            ledger.Reserve(row.Slot, unit.Amount * row.Kept);
        }
    }

    /// <summary>Gives back what <see cref="Keep"/> reserved, before the answer is reserved.</summary>
    public void ReleaseKept(CapacityLedger ledger, in ReplicaUnit unit)
    {
        for (int i = 0; i < _rows.Count; i++) ledger.Release(_rows[i].Slot, unit.Amount * _rows[i].Kept);
    }

    /// <summary>Reserves the answer: by slot the larger of what is in flight and what is planned.</summary>
    public void Close(CapacityLedger ledger, in ReplicaUnit unit)
    {
        _answer.Sort(static (a, b) => a.Slot.CompareTo(b.Slot));
        int at = 0;
        for (int i = 0; i < _rows.Count; i++)
        {
            Row row = _rows[i];
            while (at < _answer.Count && _answer[at].Slot < row.Slot) Reserve(ledger, unit, _answer[at++]);
            int planned = at < _answer.Count && _answer[at].Slot == row.Slot ? _answer[at++].Replicas : 0;
            ResourceAmount amount = unit.Amount * planned;
            ledger.Reserve(row.Slot, new ResourceAmount(
                new CpuMillis(Math.Max(amount.Cpu.Value, row.InFlight.Cpu.Value)),
                new MemoryBytes(Math.Max(amount.Memory.Value, row.InFlight.Memory.Value))));
        }
        while (at < _answer.Count) Reserve(ledger, unit, _answer[at++]);
    }

    private static void Reserve(CapacityLedger ledger, in ReplicaUnit unit, (int Slot, int Replicas) share) =>
        ledger.Reserve(share.Slot, unit.Amount * share.Replicas);

    private int Stays(CapacityLedger ledger, in ReplicaUnit unit, Row row)
    {
        // What runs is not evicted because others grew; but replicas that are asked to become larger stay only where the larger fit.
        bool grows = unit.Cpu > row.Unit.Cpu.Value || unit.Memory > row.Unit.Memory.Value;
        Grew |= grows;
        return grows ? Math.Min(row.Share, ledger.Fits(row.Slot, unit)) : row.Share;
    }

    /// <summary>What the workload has on one slot.</summary>
    internal sealed class Row
    {
        public required int Slot { get; init; }

        /// <summary>Replicas ordered and not on their way out for good.</summary>
        public int Share { get; set; }

        /// <summary>Of the share, what the slot has room for.</summary>
        public int CouldStay { get; set; }

        /// <summary>Of the share, what may stay: what there is room for, unless it must leave.</summary>
        public int Kept { get; set; }

        public bool Moving { get; set; }

        /// <summary>Nothing new may come here.</summary>
        public bool Held { get; set; }

        /// <summary>What is here must leave.</summary>
        public bool Evicted { get; set; }

        /// <summary>There is an order here, whatever became of it: what it has left may be here too.</summary>
        public bool Ordered { get; set; }

        /// <summary>An order here was withdrawn or lost and is not yet known to be gone.</summary>
        public bool Departing { get; set; }

        public bool Unreachable { get; set; }

        public ResourceAmount Unit { get; set; }

        public ResourceAmount InFlight { get; set; }
    }
}
