using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Workloads;
using Federation.Scheduling;

namespace Federation.Placement.Moving;

/// <summary>
/// What had to leave a lost cluster returns to it, where its policy says so: not at once, for what was lost once is easily lost again, but in a move, after a quiet
/// time. Pure.
/// </summary>
public static class FailbackRules
{
    /// <summary>What a plan makes leave lost clusters and its policy wants back, to be written down before the plan is.</summary>
    public static IReadOnlyList<Displacement> Displaced(
        DesiredState desired, ObservedState observed, PlacementPlan plan, Func<WorkloadKey, Binding?> present, Func<WorkloadKey, Displacement?> known)
    {
        if (observed.TolerationsEnded.Count == 0) return [];
        var displaced = new List<Displacement>();
        ILookup<WorkloadKey, ToleratedLoss> ended = observed.TolerationsEnded.ToLookup(static loss => loss.Workload);
        Dictionary<WorkloadKey, Binding> bindings = plan.Bindings.ToDictionary(static binding => binding.Workload);
        foreach (PlannedWorkload workload in desired.Workloads.Where(workload => ended.Contains(workload.Key) && MayReturn(workload)))
        {
            if (present(workload.Key) is not { } now || now.WorkloadUid != workload.Uid) continue;
            Displacement before = known(workload.Key) is { } kept && kept.WorkloadUid == workload.Uid ? kept : new Displacement(workload.Key, workload.Uid, []);
            LostHome[] lost =
            [
                .. now.Shares.Where(share => ended[workload.Key].Any(loss => loss.Cluster == share.Cluster && (loss.Node is null || loss.Node == share.Node)))
                    .Select(static share => share.Cluster).Distinct()
                    .Where(cluster => Count(bindings[workload.Key], cluster) < Count(now, cluster) && before.Homes.All(home => home.Cluster != cluster))
                    .Select(cluster => new LostHome(cluster, Count(now, cluster))),
            ];
            if (lost.Length > 0) displaced.Add(before with { Homes = [.. before.Homes, .. lost] });
        }
        return displaced;
    }

    /// <summary>Who returns now, and who has nothing to return to.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="observed">What is so.</param>
    /// <param name="plan">The plan for that.</param>
    /// <param name="displacements">Who had to leave.</param>
    /// <param name="onTheWay">Who is being moved already.</param>
    /// <param name="steadyFor">For how long a cluster has been ready; null if it is not.</param>
    public static FailbackStep Step(
        DesiredState desired, ObservedState observed, PlacementPlan plan, IReadOnlyList<Displacement> displacements, Func<WorkloadKey, bool> onTheWay, Func<ClusterId, TimeSpan?> steadyFor)
    {
        if (displacements.Count == 0) return new([], [], null);
        Dictionary<WorkloadKey, PlannedWorkload> workloads = desired.Workloads.ToDictionary(static workload => workload.Key);
        Dictionary<WorkloadKey, Binding> bindings = plan.Bindings.ToDictionary(static binding => binding.Workload);
        var ended = new List<WorkloadKey>();
        var wishes = new List<PlannedWorkload>();
        TimeSpan? next = null;
        foreach (Displacement displacement in displacements)
        {
            // What does not resolve now is looked at when it does.
            if (!workloads.TryGetValue(displacement.Workload, out PlannedWorkload? workload)) continue;
            LostHome[] missing = workload.Uid == displacement.WorkloadUid && MayReturn(workload) ? Missing(displacement, bindings[workload.Key], desired) : [];
            if (missing.Length == 0) ended.Add(displacement.Workload);
            if (missing.Length == 0 || workload.Policy.Failover.Failback != Failback.Automatic || onTheWay(workload.Key)) continue;
            var quiet = TimeSpan.FromSeconds(workload.Policy.Failover.FailbackAfterSeconds);
            var open = new List<LostHome>();
            foreach (LostHome home in missing)
            {
                if (steadyFor(home.Cluster) is not { } steady) continue;
                if (steady >= quiet) open.Add(home);
                else if (next is null || quiet - steady < next) next = quiet - steady;
            }
            if (open.Count > 0) wishes.Add(Wish(workload, open));
        }
        return new(Returns(desired, observed, plan, wishes), ended, next);
    }

    /// <summary>Where workloads go that are to return; those for which their homes have no room are left out.</summary>
    public static IReadOnlyList<Relocation> Returns(DesiredState desired, ObservedState observed, PlacementPlan plan, IReadOnlyList<PlannedWorkload> wishes)
    {
        if (wishes.Count == 0) return [];
        Dictionary<WorkloadKey, Binding> now = plan.Bindings.ToDictionary(static binding => binding.Workload);
        Dictionary<WorkloadKey, Binding> then = PlacementPlanner.Compute(With(desired, wishes), observed).Bindings.ToDictionary(static binding => binding.Workload);
        var returns = new List<Relocation>();
        foreach (PlannedWorkload wish in wishes)
        {
            Binding before = now[wish.Key], after = then[wish.Key];
            if (after is not { Unplaced: 0, Stranded: null }) continue;
            ClusterId[] homes = [.. wish.Spec.Pins!.Select(static pin => new ClusterId(pin.Cluster)).Where(cluster => Count(after, cluster) > Count(before, cluster))];
            if (homes.Length > 0) returns.Add(new Relocation(wish.Key, wish.Uid, wish.Generation, after.Shares, $"{string.Join(", ", homes)} is back"));
        }
        return returns;
    }

    /// <summary>The clusters that are registered and still lack what was there.</summary>
    public static LostHome[] Missing(Displacement displacement, Binding binding, DesiredState desired) =>
    [
        .. displacement.Homes.Where(home => Count(binding, home.Cluster) < Math.Min(home.Replicas, Total(binding))
            && desired.Clusters.Any(cluster => cluster.Metadata.Name == home.Cluster.Value && cluster is { Metadata.DeletionRequestedAt: null, Spec.ConfirmedLost: false })),
    ];

    /// <summary>The workload as if a person wanted in its homes what was there.</summary>
    public static PlannedWorkload Wish(PlannedWorkload workload, IReadOnlyList<LostHome> homes)
    {
        int left = workload.Spec.Replicas ?? 1;
        var pins = new List<ClusterPin>();
        foreach (LostHome home in homes)
        {
            int wanted = Math.Min(left, home.Replicas);
            if (wanted > 0) pins.Add(new ClusterPin { Cluster = home.Cluster.Value, AtLeast = wanted });
            left -= wanted;
        }
        return workload with { Spec = workload.Spec with { Pins = pins } };
    }

    /// <summary>The world with wishes in it.</summary>
    public static DesiredState With(DesiredState desired, IReadOnlyList<PlannedWorkload> wishes)
    {
        Dictionary<WorkloadKey, PlannedWorkload> byKey = wishes.ToDictionary(static wish => wish.Key);
        return desired with { Workloads = [.. desired.Workloads.Select(workload => byKey.GetValueOrDefault(workload.Key) ?? workload)] };
    }

    // By weights, or on every cluster, it returns by its policy; a volume's workload never left; what a person pinned is where they want it; what ends by design would be begun again.
    private static bool MayReturn(PlannedWorkload workload) => workload is { Spec.Template.Restart.Condition: RestartCondition.Always, Policy.Failover: { Enabled: true, Failback: not Failback.Never }, Spec.Pins: null or { Count: 0 } }
        && (workload.Spec.Singleton || workload.Policy.Division.Strategy == DivisionStrategy.Dynamic) && workload.Volumes.All(static volume => volume.Spec.Shared);

    private static int Count(Binding binding, ClusterId cluster) => binding.Shares.Sum(share => share.Cluster == cluster ? share.Replicas : 0);

    private static int Total(Binding binding) => binding.Shares.Sum(static share => share.Replicas);
}
