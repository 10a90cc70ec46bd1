using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>The planner beside an exhaustive search, on worlds small enough for one.</summary>
public sealed class OracleProperties
{
    [Fact]
    public void Compute_OneWorkloadThatCanBePlacedInFull_IsPlacedInFull() => WorldSeed.Check(3, 1, PlaceInFull, cases: 3000);

    // A pin under a spread limit opened a cluster that does not hold all, and barred one that does.
    [Theory]
    [InlineData(679523481, 2, 1)]
    [InlineData(1014312928, 3, 1)]
    [InlineData(1322402662, 3, 1)]
    [InlineData(531547022, 3, 1)]
    [InlineData(1601402365, 3, 1)]
    [InlineData(36508296, 3, 1)]
    public void Compute_PinnedWorkloadThatCanBePlacedInFull_IsPlacedInFull(int number, int clusters, int workloads) => PlaceInFull(new WorldSeed(number, clusters, workloads));

    [Fact]
    public void Compute_OneWorkloadWithVolumes_FindsTheOnePlaceThatHoldsItAll() => WorldSeed.Check(3, 1, seed =>
    {
        World world = RandomWorlds.Fresh(seed, healthy: true);
        Domain.Volumes.Volume data = World.Volume("data");
        world.Change("w0", w => w with
        {
            Volumes = [data],
            Spec = w.Spec with { Template = w.Spec.Template with { Volumes = [new Domain.Workloads.VolumeReference { Name = "data" }] } },
        });
        PlannedWorkload workload = world.Workloads[0];
        int best = PlainRules.Places(world).Select(p => RoomOf(world, workload, p.Cluster, p.Node)).Append(0).Max();
        Binding binding = world.Plan().Bindings[0];
        Assert.True(binding.Shares.Count <= 1);
        Assert.Equal(Math.Min(best, PlainRules.DesiredOf(workload)), binding.Shares.Sum(s => s.Replicas));
    });

    private static void PlaceInFull(WorldSeed seed)
    {
        World world = RandomWorlds.Fresh(seed, healthy: true);
        PlannedWorkload w = world.Workloads[0];
        if (PlainRules.Bound(w) || PlainRules.Duplicated(w)) return;
        List<(ClusterId Cluster, int Room)> rooms = RoomOfClusters(world, w);
        List<int[]> full = [.. Divisions(rooms, PlainRules.DesiredOf(w)).Where(division => KeepsMax(world, w, rooms, division))];
        Binding binding = world.Plan().Bindings[0];
        Assert.True(full.Count == 0 || binding.Unplaced == 0, $"{World.Text(binding)} though {full.Count} full placements exist");
        bool minPossible = full.Exists(division => MissingOfMin(world, w, [.. rooms.Where((_, i) => division[i] > 0).Select(r => r.Cluster)]) == 0);
        if (minPossible && w.Policy.Spread is { Count: 1 })
            Assert.Equal(0, MissingOfMin(world, w, [.. binding.Shares.Select(s => s.Cluster).Distinct()]));
    }

    private static List<(ClusterId Cluster, int Room)> RoomOfClusters(World world, PlannedWorkload w) =>
    [
        .. PlainRules.Places(world).GroupBy(p => p.Cluster).Select(group => (group.Key, Math.Min(100, group.Sum(p => RoomOf(world, w, p.Cluster, p.Node))))),
    ];

    private static int RoomOf(World world, PlannedWorkload w, ClusterId cluster, NodeId? node) => PlainRules.Open(world, w, cluster, node)
        ? (int)Math.Min(100, PlainRules.Offered(world, cluster, node).Fits(w.Spec.Template.Resources!.Reserved))
        : 0;

    private static IEnumerable<int[]> Divisions(List<(ClusterId Cluster, int Room)> rooms, int replicas)
    {
        if (rooms.Count == 0)
        {
            if (replicas == 0) yield return [];
            yield break;
        }
        for (int here = 0; here <= Math.Min(rooms[0].Room, replicas); here++)
        {
            foreach (int[] rest in Divisions(rooms[1..], replicas - here)) yield return [here, .. rest];
        }
    }

    private static bool KeepsMax(World world, PlannedWorkload w, List<(ClusterId Cluster, int Room)> rooms, int[] division) =>
        (w.Policy.Spread ?? []).All(rule => Values(world, rule.Label, rooms.Where((_, i) => division[i] > 0).Select(r => r.Cluster)) <= (rule.Max ?? int.MaxValue));

    private static int MissingOfMin(World world, PlannedWorkload w, List<ClusterId> used) =>
        (w.Policy.Spread ?? []).Sum(rule => Math.Max(0, Math.Min(rule.Min, PlainRules.DesiredOf(w)) - Values(world, rule.Label, used)));

    private static int Values(World world, string label, IEnumerable<ClusterId> clusters) => clusters.Select(c => PlainRules.Label(world, c, label)).Distinct().Count();
}
