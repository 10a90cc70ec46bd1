using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Filters;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Scoring;

/// <summary>
/// A cluster's score, in thousandths of a point: every preferred term that holds gives its weight (1 to 100), data that is there
/// <see cref="LocalityPoints"/>, an untolerated PreferNoSchedule taint takes <see cref="TaintPoints"/>: these make the tier. The lowest price gives
/// <see cref="PricePoints"/> and the highest none, all capacity free gives <see cref="CapacityPoints"/> and none free none: these choose within a tier.
/// </summary>
internal sealed class ClusterScore
{
    /// <summary>One point, in the score's unit.</summary>
    public const int Point = 1000;

    /// <summary>Taken for each untolerated PreferNoSchedule taint.</summary>
    public const int TaintPoints = 50;

    /// <summary>Given where a shared volume of the workload is.</summary>
    public const int LocalityPoints = 20;

    /// <summary>Given to the cheapest cluster; half of it to one that names no price.</summary>
    public const int PricePoints = 10;

    /// <summary>Given to a cluster that would still be empty.</summary>
    public const int CapacityPoints = 10;

    private readonly PlanningSnapshot _snapshot;
    private readonly long[] _pricePoints;
    private readonly int[] _softlyTainted;

    public ClusterScore(PlanningSnapshot snapshot)
    {
        _snapshot = snapshot;
        _pricePoints = PriceAll(snapshot.Clusters);
        var tainted = new List<int>();
        for (int c = 0; c < snapshot.Clusters.Length; c++)
        {
            if (snapshot.Clusters[c].Declared?.Spec.Taints is not { } taints) continue;
            for (int t = 0; t < taints.Count; t++)
            {
                if (taints[t].Effect != TaintEffect.PreferNoSchedule) continue;
                tainted.Add(c);
                break;
            }
        }
        _softlyTainted = [.. tainted];
    }

    /// <summary>The points for a cluster's price, in the score's unit.</summary>
    public long PricePointsOf(int cluster) => _pricePoints[cluster];

    /// <summary>The points for what stays free once one replica more runs in the cluster.</summary>
    public static long FreePoints(CapacityLedger ledger, int cluster, in ReplicaUnit unit) =>
        (long)(ledger.FreePartAfter(cluster, unit) * (CapacityPoints * Point));

    /// <summary>Computes the tiers and the part of the scores that no reservation changes; true if there is one tier alone.</summary>
    public bool FillTiers(SpecClass specClass, ReadOnlySpan<int> clusters, int[] tiers, long[] fixedScores, SlotSet scratch, SlotSet matches)
    {
        Array.Clear(tiers, 0, clusters.Length);
        bool uniform = true;
        if (specClass.Policy.Preferred is { Count: > 0 } preferred)
        {
            uniform = false;
            for (int p = 0; p < preferred.Count; p++) AddPreferred(preferred[p], clusters, tiers, scratch, matches);
        }
        for (int t = 0; t < _softlyTainted.Length; t++)
        {
            int row = clusters.BinarySearch(_softlyTainted[t]);
            if (row < 0) continue;
            uniform = false;
            tiers[row] -= TaintPoints * CountSoftTaints(_snapshot.Clusters[_softlyTainted[t]], specClass.Policy);
        }
        if (specClass.Localities is { } localities)
        {
            uniform = false;
            for (int i = 0; i < clusters.Length; i++)
            {
                for (int l = 0; l < localities.Count; l++)
                {
                    if (localities[l] == _snapshot.Clusters[clusters[i]].Id.Value) tiers[i] += LocalityPoints;
                }
            }
        }
        for (int i = 0; i < clusters.Length; i++) fixedScores[i] = (long)tiers[i] * Point + _pricePoints[clusters[i]];
        return uniform;
    }

    private void AddPreferred(PreferredTerm term, ReadOnlySpan<int> clusters, int[] tiers, SlotSet scratch, SlotSet matches)
    {
        matches.Clear();
        _snapshot.Labels.AddMatches(term.Term, matches, scratch);
        for (int i = 0; i < clusters.Length; i++)
        {
            if (matches[_snapshot.Clusters[clusters[i]].FirstSlot]) tiers[i] += term.Weight;
        }
    }

    private static int CountSoftTaints(ClusterEntry cluster, PlacementPolicySpec policy)
    {
        IReadOnlyList<Taint> taints = cluster.Declared!.Spec.Taints!;
        int count = 0;
        for (int t = 0; t < taints.Count; t++)
        {
            if (taints[t].Effect == TaintEffect.PreferNoSchedule && !TaintFilter.Tolerates(policy, taints[t])) count++;
        }
        return count;
    }

    private static long[] PriceAll(ClusterEntry[] clusters)
    {
        decimal low = decimal.MaxValue, high = decimal.MinValue;
        for (int c = 0; c < clusters.Length; c++)
        {
            if (clusters[c].Declared?.Spec.PricePerCoreHour is not { } price) continue;
            (low, high) = (Math.Min(low, price), Math.Max(high, price));
        }
        var points = new long[clusters.Length];
        for (int c = 0; c < clusters.Length; c++)
        {
            points[c] = clusters[c].Declared?.Spec.PricePerCoreHour is { } price && high > low
                ? (long)((high - price) / (high - low) * (PricePoints * Point))
                : PricePoints * Point / 2;
        }
        return points;
    }
}
