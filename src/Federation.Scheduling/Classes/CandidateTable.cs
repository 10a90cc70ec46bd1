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

    public CandidateTable(PlanningSnapshot snapshot, ClusterScore scoring)
    {
        (_snapshot, _scoring) = (snapshot, scoring);
        (Closed, Evicted, Scratch, Matches) = (NewSet(), NewSet(), NewSet(), NewSet());
        int clusters = snapshot.Clusters.Length;
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

    /// <summary>Whole replicas that fit into the open slots.</summary>
    public int[] Room { get; }

    /// <summary>The preference part of the score: a higher tier is filled before a lower one.</summary>
    public int[] Tier { get; }

    /// <summary>For weighted division.</summary>
    public int[] Weight { get; }

    public long[] Score { get; }

    /// <summary>Whether all candidates are of one tier.</summary>
    public bool OneTier { get; private set; }

    private long[] FixedScore { get; }

    private SlotSet NewSet() => new(_snapshot.Slots.Length);

    /// <summary>Filters and scores for a class.</summary>
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
                int cluster = _snapshot.Slots[(i << 6) + BitOperations.TrailingZeroCount(open)].Cluster;
                if (cluster == last) continue;
                last = cluster;
                _seen[Count] = -1;
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

    /// <summary>Brings room and score up to the ledger.</summary>
    public void Refresh(CapacityLedger ledger, in ReplicaUnit unit)
    {
        int[] versions = ledger.Versions;
        for (int i = 0; i < Count; i++)
        {
            int cluster = Clusters[i];
            if (_seen[i] == versions[cluster]) continue;
            _seen[i] = versions[cluster];
            ClusterEntry entry = _snapshot.Clusters[cluster];
            int room = 0;
            for (int s = entry.FirstSlot; s < entry.FirstSlot + entry.SlotCount; s++)
            {
                if (!Closed[s]) room = Math.Min(ReplicaUnit.MaxFits, room + ledger.Fits(s, unit));
            }
            Room[i] = room;
            Score[i] = FixedScore[i] + ClusterScore.FreePoints(ledger, cluster, unit);
        }
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
