using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Federation.Contracts.Api;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;
using Federation.Scheduling;
using Federation.Scheduling.Rebalancing;

namespace Federation.Placement.Moving;

/// <summary>What would be better placed elsewhere, and what that gains. Pure.</summary>
/// <param name="Relocations">What is to be moved, in order of the workloads.</param>
/// <param name="Reply">What is told of it.</param>
public sealed record RebalancePlan(IReadOnlyList<Relocation> Relocations, RebalanceReply Reply)
{
    private const char NodeMark = '.';

    /// <summary>Plans it.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="observed">What is so.</param>
    /// <param name="present">The present decisions.</param>
    /// <param name="pending">How many workloads still move because of earlier ones.</param>
    public static RebalancePlan Compute(DesiredState desired, ObservedState observed, Func<WorkloadKey, Binding?> present, int pending)
    {
        var relocations = new List<Relocation>();
        var moves = new List<MoveView>();
        var digest = new StringBuilder();
        Dictionary<WorkloadKey, PlannedWorkload> workloads = desired.Workloads.ToDictionary(static workload => workload.Key);
        Dictionary<ClusterId, ResourceAmount> change = [];
        Dictionary<string, decimal> prices = desired.Clusters.ToDictionary(static cluster => cluster.Metadata.Name, static cluster => cluster.Spec.PricePerCoreHour ?? 0);
        (decimal before, decimal after) = (0, 0);
        foreach (BetterPlacement better in PlacementPlanner.Rebalance(desired, observed))
        {
            Binding fresh = better.Binding;
            if (present(fresh.Workload) is not { } now || now.WorkloadUid != fresh.WorkloadUid || now.Generation != fresh.Generation) continue;
            relocations.Add(new Relocation(fresh.Workload, fresh.WorkloadUid, fresh.Generation, fresh.Shares, better.Why));
            moves.AddRange(Moves(fresh.Workload, now.Shares, fresh.Shares).Select(move => move with { Why = better.Why }));
            ResourceAmount unit = workloads[fresh.Workload].Spec.Template.Resources?.Reserved ?? ResourceAmount.Zero;
            before += Count(now.Shares, unit, -1);
            after += Count(fresh.Shares, unit, 1);
            digest.Append(CultureInfo.InvariantCulture, $"{fresh.Workload} {fresh.WorkloadUid} {fresh.Generation}:");
            foreach (BindingShare share in fresh.Shares) digest.Append(CultureInfo.InvariantCulture, $" {share.Cluster}/{share.Node}={share.Replicas}");
            digest.Append('\n');
        }
        (double busiestBefore, double busiestAfter) = Busiest(desired, observed, change);
        string plan = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digest.ToString())).AsSpan(0, 8));
        return new(relocations, new RebalanceReply(plan, moves, busiestBefore, busiestAfter, before, after, pending));

        decimal Count(IReadOnlyList<BindingShare> shares, ResourceAmount unit, int sign)
        {
            decimal price = 0;
            foreach (BindingShare share in shares)
            {
                change[share.Cluster] = change.GetValueOrDefault(share.Cluster) + (unit * (sign * share.Replicas));
                price += prices.GetValueOrDefault(share.Cluster.Value) * unit.Cpu.Value * share.Replicas / 1000m;
            }
            return price;
        }
    }

    private static (double Before, double After) Busiest(DesiredState desired, ObservedState observed, Dictionary<ClusterId, ResourceAmount> change)
    {
        (double before, double after) = (0, 0);
        foreach (IGrouping<ClusterId, TargetCapacity> cluster in PlacementPlanner.Capacity(desired, observed).GroupBy(static target => target.Cluster))
        {
            ResourceAmount all = cluster.Aggregate(ResourceAmount.Zero, static (sum, target) => sum + target.Allocatable);
            ResourceAmount free = cluster.Aggregate(ResourceAmount.Zero, static (sum, target) => sum + target.Free);
            before = Math.Max(before, Taken(all, free));
            after = Math.Max(after, Taken(all, free - change.GetValueOrDefault(cluster.Key)));
        }
        return (before, after);
    }

    private static double Taken(ResourceAmount all, ResourceAmount free) => Math.Max(
        all.Cpu.Value > 0 ? 1 - ((double)free.Cpu.Value / all.Cpu.Value) : 0,
        all.Memory.Value > 0 ? 1 - ((double)free.Memory.Value / all.Memory.Value) : 0);

    // Between clusters, as a person thinks of it; what only changes its node is told by node.
    private static IEnumerable<MoveView> Moves(WorkloadKey workload, IReadOnlyList<BindingShare> before, IReadOnlyList<BindingShare> after)
    {
        IReadOnlyList<MoveView> between = MovePlan.Between(workload, before, after);
        return between.Count > 0
            ? between
            : MovePlan.Between(workload, ByNode(before), ByNode(after)).Select(static move => move with { From = move.From.Replace(NodeMark, '/'), To = move.To.Replace(NodeMark, '/') });
    }

    // No name has a dot, so that one can stand between a cluster and its node.
    private static BindingShare[] ByNode(IReadOnlyList<BindingShare> shares) =>
        [.. shares.Select(static share => share.Node is { } node ? new BindingShare(new ClusterId($"{share.Cluster}{NodeMark}{node}"), null, share.Replicas) : share)];
}
