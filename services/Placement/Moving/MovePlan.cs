using Federation.Contracts.Api;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Workloads;
using Federation.Scheduling;
using Federation.Scheduling.Explanation;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Moving;

/// <summary>What a wish for another place comes to, before anything is written: the pins that say it, the plan with them, or why not. Pure.</summary>
public abstract record MovePlan
{
    private MovePlan()
    {
    }

    /// <summary>It can be done.</summary>
    /// <param name="Pins">What the workload's pins become.</param>
    /// <param name="Moves">What changes its place.</param>
    public sealed record Possible(IReadOnlyList<ClusterPin> Pins, IReadOnlyList<MoveView> Moves) : MovePlan;

    /// <summary>It cannot.</summary>
    public sealed record Refused(ResourceProblem Problem) : MovePlan;

    /// <summary>Plans the world with the wish in it.</summary>
    public static MovePlan Compute(DesiredState desired, ObservedState observed, PlannedWorkload workload, Binding? present, MoveRequest request)
    {
        string name = workload.Key.Name, to = request.To!;
        if (workload.Policy.Division.Strategy != DivisionStrategy.Dynamic && !workload.Spec.Singleton)
        {
            return Refuse($"the policy of Workload {name} divides it by the strategy {workload.Policy.Division.Strategy.ToString().ToLowerInvariant()}, which says itself how many are where; change the policy's {(workload.Policy.Division.Strategy == DivisionStrategy.Weighted ? "weights" : "affinity")}");
        }
        Dictionary<string, int> now = ByCluster(present?.Shares ?? []);
        int total = Math.Max(workload.Spec.Replicas ?? 1, now.Values.Sum());
        if (request.From is { } source && now.GetValueOrDefault(source) < Math.Max(1, request.Replicas ?? 1))
            return Refuse($"Workload {name} has {now.GetValueOrDefault(source)} replicas in cluster {source}; see: fedctl get replicas {name}");
        if (workload.Volumes.FirstOrDefault(static volume => !volume.Spec.Shared) is { } local)
            return Refuse($"volume {local.Metadata.Name} of Workload {name} binds it to {local.Status?.HomeCluster?.Value ?? "one place"}: data does not move by itself; declare the volume shared if every cluster sees it");

        int goal = request is { From: null, Replicas: null } ? total
            : Math.Min(total, now.GetValueOrDefault(to) + (request.Replicas ?? now.GetValueOrDefault(request.From!)));
        List<ClusterPin> pins = [new() { Cluster = to, AtLeast = goal == total && request.Replicas is null && request.From is null ? null : goal }];
        if (request.From is { } from) pins.Add(new() { Cluster = from, AtMost = now[from] - (request.Replicas ?? now[from]) });

        PlannedWorkload wished = workload with { Spec = workload.Spec with { Pins = pins } };
        DesiredState wish = desired with { Workloads = [.. desired.Workloads.Select(other => other.Key == workload.Key ? wished : other)] };
        Binding after = PlacementPlanner.Compute(wish, observed).Bindings.First(binding => binding.Workload == workload.Key);
        Dictionary<string, int> then = ByCluster(after.Shares);
        return then.GetValueOrDefault(to) < Math.Min(goal, total)
            ? new Refused(new ResourceProblem(409, ProblemTypes.PlaceRefused, "The planner refuses the place", Why(wish, observed, workload.Key, to, goal, then.GetValueOrDefault(to))))
            : new Possible(pins, Between(workload.Key, present?.Shares ?? [], after.Shares));
    }

    /// <summary>The fewest single moves that make one set of shares of the other, by cluster; what is only more or fewer is no move.</summary>
    public static IReadOnlyList<MoveView> Between(WorkloadKey workload, IReadOnlyList<BindingShare> before, IReadOnlyList<BindingShare> after)
    {
        var change = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (BindingShare share in after) change[share.Cluster.Value] = change.GetValueOrDefault(share.Cluster.Value) + share.Replicas;
        foreach (BindingShare share in before) change[share.Cluster.Value] = change.GetValueOrDefault(share.Cluster.Value) - share.Replicas;
        var moves = new List<MoveView>();
        var givers = new Queue<(string Cluster, int Left)>(change.Where(static pair => pair.Value < 0).Select(static pair => (pair.Key, -pair.Value)));
        foreach ((string to, int more) in change.Where(static pair => pair.Value > 0))
        {
            for (int missing = more; missing > 0 && givers.TryDequeue(out (string Cluster, int Left) giver);)
            {
                int moved = Math.Min(missing, giver.Left);
                moves.Add(new MoveView(workload.ToString(), giver.Cluster, to, moved));
                missing -= moved;
                if (giver.Left > moved) givers = new([(giver.Cluster, giver.Left - moved), .. givers]);
            }
        }
        return moves;
    }

    /// <summary>Why a cluster does not take what is wanted there, for a person.</summary>
    internal static string Why(DesiredState desired, ObservedState observed, WorkloadKey key, string to, int goal, int got)
    {
        PlacementExplanation? explained = PlacementPlanner.Explain(desired, observed, key);
        if (explained?.Stranded is { } stranded) return stranded;
        TargetExplanation? target = explained?.Clusters.FirstOrDefault(cluster => cluster.Name == to);
        if (target is null) return $"there is no cluster {to}; see: fedctl get clusters";
        if (target.RefusedBy is not null) return $"by the rule {target.RefusedBy}: {target.Sentence}";
        return $"cluster {to} could take {got} of {goal}: it has room for no more, or a spread rule keeps one elsewhere; see: fedctl explain workload {key.Name}";
    }

    private static Dictionary<string, int> ByCluster(IReadOnlyList<BindingShare> shares) =>
        shares.GroupBy(static share => share.Cluster.Value).ToDictionary(static group => group.Key, static group => group.Sum(static share => share.Replicas));

    private static Refused Refuse(string why) => new(ResourceProblem.Invalid(why));
}
