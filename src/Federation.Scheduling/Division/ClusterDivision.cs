using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>Divides a workload over clusters: keep what may stay, take away or add what differs, then meet the spread rules with the fewest moves.</summary>
internal sealed class ClusterDivision
{
    /// <summary>Every round but the last improves what the rules ask for, so that few are ever needed.</summary>
    private const int MaxRounds = 16;

    private static readonly HashSet<int> NoCluster = [];

    private readonly DivisionRows _rows;
    private readonly ProportionalDivision _proportional;
    private readonly WeightedDivision _weighted;
    private readonly SpreadLimit _limit;
    private readonly SpreadTally _tally = new();
    private readonly NodeDivision _nodes;
    private readonly FewReplicas _few;
    private readonly int[] _places;

    public ClusterDivision(PlanningSnapshot snapshot)
    {
        int clusters = snapshot.Clusters.Length;
        (_rows, _proportional, _weighted, _limit) = (new(clusters), new(clusters), new(clusters), new(clusters));
        _nodes = new NodeDivision(snapshot);
        _few = new FewReplicas(clusters);
        _places = new int[clusters];
    }

    /// <summary>Fills the sheet's answer.</summary>
    public void Divide(PlacementContext context)
    {
        bool spread = context.Class.HasSpread;
        DivisionStrategy strategy = context.Class.Singleton ? DivisionStrategy.Dynamic : context.Class.Policy.Division.Strategy;
        bool pinned = strategy == DivisionStrategy.Dynamic && PinShift.Applies(context.Workload);
        if (context.Sheet.Rows.Count == 0 && strategy == DivisionStrategy.Dynamic && !spread && !pinned && _few.TryDivide(context, _nodes)) return;
        LoadRows(context);
        if (spread) _tally.Reset(context.Snapshot, context.Class.Policy.Spread!, context.Desired);
        // Rules and wishes that ask for moves are asked again of their own answer: what is planned is what stays so once it is carried out.
        int rounds = spread || pinned || strategy == DivisionStrategy.Weighted ? MaxRounds : 1;
        do context.Sheet.Unplaced = DivideOnce(context, strategy, spread, pinned);
        while (--rounds > 0 && !AsksNothing(context, strategy, pinned) && _rows.Settle());
        if (pinned) PinShift.Report(_rows, context);
        if (spread) Report(context, strategy);
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows.Target[i] > 0) _nodes.Divide(context, _rows.Id[i], _rows.Target[i]);
        }
    }

    // All have a place, every rule has its values, and nothing else wants a move.
    private bool AsksNothing(PlacementContext context, DivisionStrategy strategy, bool pinned) =>
        strategy == DivisionStrategy.Dynamic && !pinned && context.Sheet.Unplaced == 0 && _tally.Shortfall == 0;

    private int DivideOnce(PlacementContext context, DivisionStrategy strategy, bool spread, bool pinned)
    {
        for (int i = 0; i < _rows.Count; i++) _places[i] = _rows.Kept[i] + _rows.Room[i];
        if (spread)
        {
            int everywhere = strategy == DivisionStrategy.Duplicated ? (int)Math.Min((long)context.Desired * _rows.Count, int.MaxValue) : context.Desired;
            _limit.Apply(_rows, _tally, everywhere, byWeight: strategy == DivisionStrategy.Weighted, pinned ? PinShift.ClustersOf(context) : NoCluster);
        }
        Array.Copy(_rows.Kept, _rows.Target, _rows.Count);
        int unplaced = strategy switch
        {
            DivisionStrategy.Duplicated => Duplicate(context, spread),
            DivisionStrategy.Weighted => _weighted.Divide(_rows, context.Desired),
            _ => Adjust(context.Desired, spread),
        };
        // Where replicas were taken away, their place is free again; and what the limits need not bar is open to what comes now.
        for (int i = 0; i < _rows.Count; i++) _rows.Room[i] = _places[i] - _rows.Target[i];
        if (spread && strategy != DivisionStrategy.Duplicated)
        {
            _tally.Count(_rows);
            unplaced = AddWhereAllowed(unplaced);
            SpreadRepair.Run(_rows, _tally, byWeight: strategy == DivisionStrategy.Weighted);
        }
        if (pinned) PinShift.Run(_rows, context, _proportional, spread ? _tally : null);
        return unplaced;
    }

    private int Adjust(int desired, bool spread)
    {
        int kept = _rows.KeptTotal;
        if (kept <= desired) return _proportional.Add(_rows, desired - kept);
        if (spread) _tally.Count(_rows);
        Lowering.Take(_rows, kept - desired, spread ? _tally : null);
        return 0;
    }

    // The choice of values is made before anything is divided. What found no place by it takes every other that keeps the limits, so that the next plan finds none either.
    private int AddWhereAllowed(int missing)
    {
        while (missing > 0)
        {
            int best = -1;
            for (int i = 0; i < _rows.Count; i++)
            {
                if (_rows.Room[i] <= 0 || !_tally.MayTake(_rows.Id[i])) continue;
                if (best < 0 || _rows.Tier[i] > _rows.Tier[best] || (_rows.Tier[i] == _rows.Tier[best] && _rows.Better(i, best))) best = i;
            }
            if (best < 0) break;
            int added = Math.Min(missing, _rows.Room[best]);
            _rows.Give(best, added);
            _tally.Add(_rows.Id[best], added);
            missing -= added;
        }
        return missing;
    }

    private int Duplicate(PlacementContext context, bool spread)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            _rows.Target[i] = Math.Min(_rows.Target[i], context.Desired);
            if (context.Table.RowOf(_rows.Id[i]) >= 0) _rows.Give(i, Math.Min(_rows.Room[i], context.Desired - _rows.Target[i]));
        }
        int missing = 0;
        if (spread) _tally.Count(_rows);
        // Under limits, of the clusters that hold nothing those count that the limits would let in together.
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows.Target[i] >= context.Desired || context.Table.RowOf(_rows.Id[i]) < 0 || (spread && !_tally.MayTake(_rows.Id[i]))) continue;
            missing += context.Desired - _rows.Target[i];
            if (spread) _tally.Add(_rows.Id[i], 1);
        }
        return missing;
    }

    /// <summary>The candidates, and the clusters that hold replicas and take nothing new.</summary>
    private void LoadRows(PlacementContext context)
    {
        CandidateTable table = context.Table;
        table.Refresh(context.Ledger, context.Class.Unit);
        _rows.Begin(table, context.Seed);
        foreach (ShareSheet.Row share in context.Sheet.Rows)
        {
            if (share.Kept == 0) continue;
            int row = RowFor(context, context.Snapshot.Slots[share.Slot].Cluster);
            _rows.Kept[row] += share.Kept;
            if (share.Moving) _rows.Moving[row] += share.Kept;
            else if (share.Held) _rows.Held[row] += share.Kept;
        }
    }

    private int RowFor(PlacementContext context, int cluster)
    {
        int row = _rows.Id.AsSpan(0, _rows.Count).BinarySearch(cluster);
        if (row >= 0) return row;
        row = ~row;
        _rows.InsertAt(row);
        _rows.Id[row] = cluster;
        _rows.Salt[row] = context.Snapshot.Clusters[cluster].Salt;
        (_rows.Tier[row], _rows.Score[row]) = context.Table.RateHeld(context.Class, cluster, context.Ledger);
        _rows.Weight[row] = WeightFilter.WeightOf(context.Snapshot, context.Class, cluster, context.Table.Scratch, context.Table.Matches);
        return row;
    }

    private void Report(PlacementContext context, DivisionStrategy strategy)
    {
        _tally.Count(_rows);
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows.Target[i] == 0 && !_tally.MayTake(_rows.Id[i])) context.Sheet.Barred.Add(_rows.Id[i]);
        }
        if (strategy == DivisionStrategy.Duplicated) return;
        for (int r = 0; r < _tally.Rules.Count; r++)
        {
            if (_tally.Distinct(r) < _tally.Wanted(r))
                context.Sheet.Notes.Add($"spread asks for {_tally.Wanted(r)} different values of {_tally.Rules[r].Label} and {_tally.Distinct(r)} could be used");
        }
    }
}
