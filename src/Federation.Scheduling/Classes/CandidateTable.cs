using System.Numerics;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Scoring;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Classes;

/// <summary>
/// A class's candidates: the slots and clusters that the filters left, with room and score. Room and score are computed again only for clusters
/// where something was reserved since the last look.
/// </summary>
internal sealed class CandidateTable
{
    private readonly PlanningSnapshot _snapshot;
    private readonly ClusterScore _scoring;
    private readonly int[] _seen;
    private double _takenCpu, _takenMemory;
    private int _reservations;

    public CandidateTable(PlanningSnapshot snapshot, ClusterScore scoring)
    {
        (_snapshot, _scoring) = (snapshot, scoring);
        (Closed, Evicted, Scratch, Matches) = (NewSet(), NewSet(), NewSet(), NewSet());
        int clusters = snapshot.Clusters.Length;
        Salt = new ulong[clusters];
        (Clusters, Room, Tier, Weight, Score, FixedScore, _seen) =
            (new int[clusters], new int[clusters], new int[clusters], new int[clusters], new long[clusters], new long[clusters], new int[clusters]);
    }

    /// <summary>Slots that take no new replicas.</summary>
    public SlotSet Closed { get; }

    /// <summary>Slots that the replicas there must leave.</summary>
    public SlotSet Evicted { get; }

    /// <summary>For filters at work.</summary>
    public SlotSet Scratch { get; }

    /// <summary>For filters at work.</summary>
    public SlotSet Matches { get; }

    /// <summary>How many clusters have an open slot.</summary>
    public int Count { get; private set; }

    public int[] Clusters { get; }

    public ulong[] Salt { get; }

    /// <summary>Whole replicas that fit into the open slots.</summary>
    public int[] Room { get; }

    /// <summary>The sum of the rooms as last computed.</summary>
    private long TotalRoom { get; set; }

    /// <summary>At least the largest room.</summary>
    private int LargestRoom { get; set; }

    /// <summary>The preference part of the score: a higher tier is filled before a lower one.</summary>
    public int[] Tier { get; }

    /// <summary>For weighted division.</summary>
    public int[] Weight { get; }

    public long[] Score { get; }

    /// <summary>Whether all candidates are of one tier.</summary>
    public bool OneTier { get; private set; }

    /// <summary>How often room that was held back had been returned when the table began.</summary>
    public int Returns { get; set; }

    private long[] FixedScore { get; }

    private SlotSet NewSet() => new(_snapshot.Slots.Length);

    /// <summary>Filters and scores for a class; <see cref="Begin"/> follows.</summary>
    public void Fill(SpecClass specClass)
    {
        Closed.Clear();
        Evicted.Clear();
        foreach (PlacementFilter filter in PlacementFilter.All) filter.Apply(_snapshot, specClass, this);
        Count = 0;
        ReadOnlySpan<ulong> closed = Closed.Words;
        int last = -1;
        for (int i = 0; i < closed.Length; i++)
        {
            ulong open = ~closed[i];
            if (i == closed.Length - 1 && (_snapshot.Slots.Length & 63) != 0) open &= (1UL << (_snapshot.Slots.Length & 63)) - 1;
            for (; open != 0; open &= open - 1)
            {
                int cluster = _snapshot.ClusterOf[(i << 6) + BitOperations.TrailingZeroCount(open)];
                if (cluster == last) continue;
                last = cluster;
                _seen[Count] = -1;
                Salt[Count] = _snapshot.Salts[cluster];
                Clusters[Count++] = cluster;
            }
        }
        OneTier = _scoring.FillTiers(specClass, Clusters.AsSpan(0, Count), Tier, FixedScore, Scratch, Matches);
        WeightFilter.FillWeights(_snapshot, specClass, Clusters.AsSpan(0, Count), Weight, Scratch, Matches);
    }

    /// <summary>The first filter that closes the slot; null if none does.</summary>
    public PlacementFilter? FirstRefusal(SpecClass specClass, int slot)
    {
        var alone = new CandidateTable(_snapshot, _scoring);
        foreach (PlacementFilter filter in PlacementFilter.All)
        {
            filter.Apply(_snapshot, specClass, alone);
            if (alone.Closed[slot]) return filter;
        }
        return null;
    }

    /// <summary>
    /// Begins with the ledger: room as it is, and for the scores their upper bound. From here on reservations only lower both, so that what was
    /// computed earlier stays an upper bound, and a row needs a new look only when its bound could win.
    /// </summary>
    public void Begin(CapacityLedger ledger, in ReplicaUnit unit)
    {
        TotalRoom = 0;
        LargestRoom = 0;
        for (int i = 0; i < Count; i++)
        {
            _seen[i] = -1;
            Room[i] = RoomOf(ledger, unit, Clusters[i]);
            Score[i] = FixedScore[i] + ClusterScore.CapacityPoints * ClusterScore.Point;
            TotalRoom += Room[i];
            LargestRoom = Math.Max(LargestRoom, Room[i]);
        }
        Remember(ledger);
    }

    /// <summary>Brings room and score of all rows up to the ledger.</summary>
    public void Refresh(CapacityLedger ledger, in ReplicaUnit unit)
    {
        int[] versions = ledger.Versions;
        int[] clusters = Clusters;
        for (int i = 0; i < Count; i++)
        {
            if (_seen[i] != versions[clusters[i]]) RefreshStale(i, ledger, unit);
        }
        Remember(ledger);
    }

    /// <summary>Brings one row up to the ledger.</summary>
    public void RefreshRow(int row, CapacityLedger ledger, in ReplicaUnit unit)
    {
        if (_seen[row] != ledger.Versions[Clusters[row]]) RefreshStale(row, ledger, unit);
    }

    /// <summary>Whether surely every row's due of so many replicas is less than one: then each of the best rows gets one.</summary>
    public bool NoRowIsDueOne(CapacityLedger ledger, in ReplicaUnit unit, int replicas)
    {
        double least = TotalRoom - unit.MostLost(ledger.TakenCpu - _takenCpu, ledger.TakenMemory - _takenMemory, ledger.Reservations - _reservations);
        return least > (double)replicas * LargestRoom;
    }

    private void Remember(CapacityLedger ledger) => (_takenCpu, _takenMemory, _reservations) = (ledger.TakenCpu, ledger.TakenMemory, ledger.Reservations);

    private void RefreshStale(int row, CapacityLedger ledger, in ReplicaUnit unit)
    {
        int cluster = Clusters[row], room = RoomOf(ledger, unit, cluster);
        _seen[row] = ledger.Versions[cluster];
        TotalRoom += room - Room[row];
        LargestRoom = Math.Max(LargestRoom, room);
        Room[row] = room;
        Score[row] = FixedScore[row] + ClusterScore.FreePoints(ledger, cluster, unit);
    }

    private int RoomOf(CapacityLedger ledger, in ReplicaUnit unit, int cluster)
    {
        int room = 0, end = _snapshot.FirstSlots[cluster + 1];
        for (int s = _snapshot.FirstSlots[cluster]; s < end; s++)
        {
            if (!Closed[s]) room = Math.Min(ReplicaUnit.MaxFits, room + ledger.Fits(s, unit));
        }
        return room;
    }

    /// <summary>Tier and score of a cluster that is no candidate and still holds replicas.</summary>
    public (int Tier, long Score) RateHeld(SpecClass specClass, int cluster, CapacityLedger ledger)
    {
        int[] tier = [0];
        long[] score = [0];
        _scoring.FillTiers(specClass, [cluster], tier, score, Scratch, Matches);
        return (tier[0], score[0] + ClusterScore.FreePoints(ledger, cluster, specClass.Unit));
    }

    /// <summary>The candidate's row, or -1.</summary>
    public int RowOf(int cluster)
    {
        int row = Clusters.AsSpan(0, Count).BinarySearch(cluster);
        return row >= 0 ? row : -1;
    }
}
