using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Scheduling.Explanation;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

public sealed class ExplanationTests
{
    [Fact]
    public void Explain_AnyWorld_AgreesWithThePlan() => WorldSeed.Check(5, 6, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        PlacementPlan plan = world.Plan();
        foreach (Binding binding in plan.Bindings)
        {
            PlannedWorkload w = world.Workloads.Single(x => x.Key == binding.Workload);
            PlacementExplanation explanation = PlacementPlanner.Explain(world.Desired, world.Observed, binding.Workload)!;
            Assert.Equal((binding.Unplaced, binding.Stranded), (explanation.Unplaced, explanation.Stranded));
            foreach (TargetExplanation cluster in explanation.Clusters)
            {
                Assert.False(string.IsNullOrWhiteSpace(cluster.Sentence));
                Assert.Equal(binding.Shares.Where(s => s.Cluster.Value == cluster.Name).Sum(s => s.Replicas), cluster.Replicas);
                Assert.Equal(cluster.Eligible, cluster.Score is not null);
                foreach (TargetExplanation node in cluster.Nodes ?? []) AssertNode(world, binding, w, new ClusterId(cluster.Name), node);
            }
            Assert.Equal(world.Clusters.Select(c => c.Metadata.Name).Union(world.Assignments.Select(a => a.Cluster.Value)).Order(StringComparer.Ordinal), explanation.Clusters.Select(c => c.Name));
        }
    });

    [Fact]
    public void Explain_EveryRule_NamesItselfAndWhatWouldHelp()
    {
        World world = new World()
            .Cluster("a-cordoned", spec: new ClusterSpec { Cordoned = true })
            .Cluster("b-lost").Verdict("b-lost", "n1", VerdictState.NotReady)
            .Cluster("c-elsewhere", labels: "region=us")
            .Cluster("d-tainted", labels: "region=eu", spec: new ClusterSpec { Taints = [new Taint { Key = "edge" }] })
            .Cluster("e-images", labels: "region=eu", capabilities: [Capability.Image])
            .Cluster("f-full", labels: "region=eu", cpu: 500)
            .Cluster("g-empty", nodes: 0, labels: "region=eu")
            .Cluster("h-good", labels: "region=eu")
            .Workload("web", 2, Policy.Only("region", "eu"));
        PlacementExplanation explanation = PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!;
        Assert.Equal(
            [
                "a-cordoned cordon: cluster a-cordoned is cordoned: what runs there stays, nothing new comes; uncordon it",
                "b-lost verdict: b-lost/n1 is lost (test says NotReady); it opens when Health calls it ready",
                "c-elsewhere affinity: the policy asks for region in (eu) and cluster c-elsewhere has region=us; change the label or the policy's affinity",
                "d-tainted taint: cluster d-tainted has the taint edge (NoSchedule), which the policy does not tolerate; add a toleration or remove the taint",
                "e-images capability: e-images/n1 runs no process, the only form the template has; give it the other form as well",
                "f-full capacity: f-full/n1 has 500m CPU and 8Gi memory free of 500m and 8Gi, and one replica reserves 1000m and 1Mi; free some or reserve less",
                "g-empty verdict: no node of cluster g-empty has reported; start its agents",
                "h-good : takes 2 replicas",
            ],
            explanation.Clusters.Select(c => $"{c.Name} {c.RefusedBy}: {c.Sentence}"));
        Assert.Equal("2 replicas placed: 2 on h-good", explanation.Summary);
    }

    [Fact]
    public void Explain_SpreadThatCannotBeMet_SaysSo()
    {
        World world = new World().Cluster("eu", labels: "region=eu").Workload("web", 2, Policy.Spread("region", min: 2));
        PlacementExplanation explanation = PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!;
        Assert.Equal("2 replicas placed: 2 on eu; spread asks for 2 different values of region and 1 could be used", explanation.Summary);
    }

    [Fact]
    public void Explain_WorkloadNotDesired_IsNull() =>
        Assert.Null(PlacementPlanner.Explain(new World().Cluster("eu").Desired, new World().Observed, World.Key("nobody")));

    private static void AssertNode(World world, Binding binding, PlannedWorkload w, ClusterId cluster, TargetExplanation node)
    {
        NodeId? name = world.Nodes.Exists(n => n.Cluster == cluster && n.Node.Value == node.Name) || node.Name != cluster.Value ? new NodeId(node.Name) : null;
        Assert.Equal(PlainRules.Planned(binding, cluster, name), node.Replicas);
        if (node.Eligible) Assert.True(PlainRules.Open(world, w, cluster, name), $"{cluster}/{name} is called eligible");
        else Assert.True(node.Replicas <= PlainRules.Share(world, w, cluster, name), $"{cluster}/{name} grows though {node.RefusedBy} refuses it");
    }
}
