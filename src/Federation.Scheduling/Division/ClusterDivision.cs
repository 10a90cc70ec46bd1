using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Division;

/// <summary>Divides a workload over clusters: keep what may stay, take away or add what differs, then meet the spread rules with the fewest moves.</summary>
internal sealed class ClusterDivision
{
    private static readonly HashSet<int> NoCluster = [];

    private readonly DivisionRows _rows;
    private readonly ProportionalDivision _proportional;
    private readonly WeightedDivision _weighted;
    private readonly SpreadLimit _limit;
    private readonly SpreadTally _tally = new();
    private readonly NodeDivision _nodes;
    private readonly FewReplicas _few;

    public ClusterDivision(PlanningSnapshot snapshot)
    {
        int clusters = snapshot.Clusters.Length;
        (_rows, _proportional, _weighted, _limit) = (new(clusters), new(clusters), new(clusters), new(clusters));
        _nodes = new NodeDivision(snapshot);
        _few = new FewReplicas(clusters);
    }

    /// <summary>Fills the sheet's answer.</summary>
    public void Divide(PlacementContext context)
    {
        bool spread = context.Class.HasSpread;
        DivisionStrategy strategy = context.Class.Singleton ? DivisionStrategy.Dynamic : context.Class.Policy.Division.Strategy;
        if (context.Sheet.Rows.Count == 0 && strategy == DivisionStrategy.Dynamic && !spread && !PinShift.Applies(context.Workload) && _few.TryDivide(context, _nodes)) return;
        LoadRows(context);
        bool pinned = strategy == DivisionStrategy.Dynamic && PinShift.Applies(context.Workload);
        int everywhere = strategy == DivisionStrategy.Duplicated ? (int)Math.Min((long)context.Desired * _rows.Count, int.MaxValue) : context.Desired;
        if (spread)
        {
            _tally.Reset(context.Snapshot, context.Class.Policy.Spread!, context.Desired);
            _limit.Apply(_rows, _tally, everywhere, byWeight: strategy == DivisionStrategy.Weighted, pinned ? PinShift.ClustersOf(context) : NoCluster);
        }
        Array.Copy(_rows.Kept, _rows.Target, _rows.Count);
        int[]? places = pinned ? PinShift.PlacesOf(_rows) : null;
        context.Sheet.Unplaced = strategy switch
        {
            DivisionStrategy.Duplicated => Duplicate(context, spread),
            DivisionStrategy.Weighted => Weigh(context.Desired, spread),
            _ => Adjust(context.Desired, spread),
        };
        if (places is not null) PinShift.Run(_rows, places, context, _proportional, spread ? _tally : null);
        if (spread) Report(context);
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows.Target[i] > 0) _nodes.Divide(context, _rows.Id[i], _rows.Target[i]);
        }
    }

    private int Adjust(int desired, bool spread)
    {
        int kept = _rows.KeptTotal, unplaced = 0;
        if (kept > desired)
        {
            if (spread) _tally.Count(_rows);
            Lowering.Take(_rows, kept - desired, spread ? _tally : null);
        }
        else if (kept < desired)
        {
            unplaced = _proportional.Add(_rows, desired - kept);
        }
        if (!spread) return unplaced;
        _tally.Count(_rows);
        SpreadRepair.Run(_rows, _tally, byWeight: false);
        return unplaced;
    }

    private int Weigh(int desired, bool spread)
    {
        int unplaced = 0;
        // A row that may only shrink has a smaller capacity the next time; the answer is what stays so when it is asked again.
        for (int round = 0; round < 8; round++)
        {
            unplaced = _weighted.Divide(_rows, desired);
            if (spread)
            {
                _tally.Count(_rows);
                SpreadRepair.Run(_rows, _tally, byWeight: true);
            }
            bool settled = true;
            for (int i = 0; i < _rows.Count; i++)
            {
                settled &= _rows.Kept[i] == _rows.Target[i];
                if (_rows.Held[i] > 0) (_rows.Held[i], _rows.Room[i]) = (_rows.Target[i], 0);
                _rows.Kept[i] = _rows.Target[i];
            }
            if (settled) break;
        }
        return unplaced;
    }

    private int Duplicate(PlacementContext context, bool spread)
    {
        int unplaced = 0;
        for (int i = 0; i < _rows.Count; i++)
        {
            bool open = context.Table.RowOf(_rows.Id[i]) >= 0 && (!spread || _limit.IsOpen(i));
            if (_rows.Target[i] >= context.Desired || !open)
            {
                _rows.Target[i] = Math.Min(_rows.Target[i], context.Desired);
                continue;
            }
            int added = Math.Min(_rows.Room[i], context.Desired - _rows.Target[i]);
            _rows.Give(i, added);
            unplaced += context.Desired - _rows.Target[i];
        }
        return unplaced;
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

    private void Report(PlacementContext context)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            if (!_limit.IsOpen(i)) context.Sheet.Barred.Add(_rows.Id[i]);
        }
        if (context.Class.Policy.Division.Strategy == DivisionStrategy.Duplicated) return;
        for (int r = 0; r < _tally.Rules.Count; r++)
        {
            if (_tally.Distinct(r) < _tally.Wanted(r))
                context.Sheet.Notes.Add($"spread asks for {_tally.Wanted(r)} different values of {_tally.Rules[r].Label} and {_tally.Distinct(r)} could be used");
        }
    }
}
