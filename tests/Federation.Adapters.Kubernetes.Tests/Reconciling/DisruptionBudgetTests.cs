using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Tests.Client;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>What the cluster is told of how many pods must stay ready when a person drains its nodes.</summary>
public sealed class DisruptionBudgetTests
{
    private static readonly string Name = KubernetesRig.Names.Budget(KubernetesRig.Order(1).Workload);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static JsonObject? Budget(KubernetesRig rig) => rig.Cluster.Find("policy", "poddisruptionbudgets", rig.Space, Name);

    private static int? Least(KubernetesRig rig) => (int?)Budget(rig)?["spec"]!["minAvailable"];

    private static DesiredAssignment Order(int replicas, int? least, string revision = "r1") => new(KubernetesRig.Order(replicas, revision) with { LeastReady = least }, []);

    private static bool Obeys(ClusterObservationSet set, long revision, int ready) =>
        set.Nodes[0].AppliedRevision == revision && set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == ready;

    [Fact]
    public async Task Order_ThatSaysHowManyMustStayReady_HoldsEvictionsInTheCluster()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Order(3, 2));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Obeys(set, 1, 3));
        Assert.Contains(Capability.DisruptionBudgets, seen.Nodes[0].Capabilities);
        Assert.Equal(("policy/v1", 2), ((string?)Budget(rig)!["apiVersion"], Least(rig)));
        await rig.UntilAsync(() => (int?)Budget(rig)!["status"]?["disruptionsAllowed"] == 1);
        using KubernetesClient client = Clients.Of(rig.Cluster.Address);
        var directory = await client.DiscoverAsync(["", "policy"], Cancelled);
        string[] pods = [.. rig.Cluster.List("", "pods", rig.Space).Select(static pod => (string)pod["metadata"]!["name"]!)];
        // What takes the place of one that is taken is not ready yet.
        rig.Cluster.Plays = (pod, _) => pods.Contains((string)pod["metadata"]!["name"]!) ? null : new ContainerPlay { ReadyAfter = TimeSpan.FromMinutes(5) };
        Assert.IsType<Eviction.Allowed>(await client.EvictAsync(directory, rig.Space, pods[0], null, Cancelled));
        Assert.IsType<Eviction.BudgetSpent>(await client.EvictAsync(directory, rig.Space, pods[1], null, Cancelled));
        Assert.IsType<Eviction.BudgetSpent>(await client.EvictAsync(directory, rig.Space, pods[2], null, Cancelled));
    }

    [Fact]
    public async Task Budget_ChangedWithoutAnotherTemplate_IsTold_AndTakenAwayWithTheBudgetOrTheOrder()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Order(3, 2));
        await rig.SeeAsync(static set => Obeys(set, 1, 3));
        string deployment = (string)rig.Deployment()!["metadata"]!["resourceVersion"]!;
        await rig.ApplyAsync(1, 2, Order(3, 3));
        await rig.SeeAsync(static set => Obeys(set, 2, 3));
        // Obeyed is what the cluster keeps.
        Assert.Equal(3, Least(rig));
        await rig.ApplyAsync(1, 3, Order(3, null));
        await rig.SeeAsync(static set => Obeys(set, 3, 3));
        await rig.UntilAsync(() => Budget(rig) is null);
        Assert.Equal(deployment, (string)rig.Deployment()!["metadata"]!["resourceVersion"]!);
        await rig.ApplyAsync(1, 4, Order(3, 1));
        await rig.UntilAsync(() => Least(rig) == 1);
        // Somebody else's is none of ours, and stays.
        rig.Cluster.Place("policy", "poddisruptionbudgets", Foreign(rig, "theirs"));
        await rig.ApplyAsync(1, 5);
        await rig.SeeAsync(static set => Obeys(set, 5, 0) && set.Replicas.Count == 0);
        await rig.UntilAsync(() => Budget(rig) is null);
        Assert.NotNull(rig.Cluster.Find("policy", "poddisruptionbudgets", rig.Space, "theirs"));
    }

    [Fact]
    public async Task Budget_IsOfThePodsOfAllRevisions_AndOfThoseOutOfTrafficToo()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Order(2, 1));
        await rig.SeeAsync(static set => Obeys(set, 1, 2));
        DesiredAssignment next = Order(2, 1, "r2");
        // One of each.
        await rig.ApplyAsync(1, 2, next with { Assignment = next.Assignment with { Surge = 1, Trial = true } });
        await rig.UntilAsync(() => (int?)Budget(rig)!["status"]?["currentHealthy"] == 3);
        Assert.Single(rig.Cluster.List("policy", "poddisruptionbudgets", rig.Space));
        // One that the plane takes out of traffic is ready to the cluster still.
        DesiredAssignment slow = Order(2, 1, "r3");
        slow = slow with { Assignment = slow.Assignment with { Template = slow.Assignment.Template with { DrainSeconds = 3 } } };
        await using KubernetesRig draining = await KubernetesRig.StartAsync();
        await draining.ApplyAsync(1, 1, slow);
        await draining.SeeAsync(static set => Obeys(set, 1, 2));
        Assert.Equal(1, Least(draining));
        await draining.ApplyAsync(1, 2, slow with { Assignment = slow.Assignment with { Replicas = 1 } });
        await draining.SeeAsync(static set => set.Replicas.Any(static replica => replica.State == ReplicaState.Draining));
        await draining.UntilAsync(() => Least(draining) == 2);
        await draining.SeeAsync(static set => Obeys(set, 2, 1) && set.Replicas.Count == 1);
        await draining.UntilAsync(() => Least(draining) == 1);
    }

    [Fact]
    public async Task WhatSomebodyChangedOrTookAway_IsPutRight_AndSomebodyElsesUnderItsNameIsLeftAlone()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Order(2, 1));
        await rig.SeeAsync(static set => Obeys(set, 1, 2));
        using KubernetesClient client = Clients.Of(rig.Cluster.Address);
        await client.MergeAsync(Federation.Adapters.Kubernetes.Client.Resources.ApiResource.PodDisruptionBudgets, rig.Space, Name, new JsonObject { ["spec"] = new JsonObject { ["minAvailable"] = 0 } }, Cancelled);
        await rig.UntilAsync(() => Least(rig) == 1);
        await rig.UntilAsync(() => rig.Said.Contains("was changed by others and is repaired", StringComparison.Ordinal));
        rig.Cluster.Remove("policy", "poddisruptionbudgets", rig.Space, Name);
        await rig.UntilAsync(() => Least(rig) == 1);

        await using KubernetesRig other = await KubernetesRig.StartAsync();
        other.Cluster.Place("policy", "poddisruptionbudgets", Foreign(other, Name));
        await other.ApplyAsync(1, 1, Order(2, 1));
        ClusterObservationSet seen = await other.SeeAsync(static set => Obeys(set, 1, 2) && set.Replicas.All(static replica => replica.Message is not null));
        Assert.Contains($"the PodDisruptionBudget {Name} in the namespace {other.Space} is somebody else's", seen.Replicas[0].Message, StringComparison.Ordinal);
        Assert.Equal(7, Least(other));
        await other.ApplyAsync(1, 2, Order(2, null));
        await other.SeeAsync(static set => Obeys(set, 2, 2) && set.Replicas.All(static replica => replica.Message is null));
        Assert.Equal(7, Least(other));
    }

    [Fact]
    public async Task Budget_OfPodsWithVolumes_IsMade_AndNoneOfWhatRunsToItsEnd()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        DesiredAssignment order = Order(1, 1);
        Assignment set = order.Assignment with { Template = order.Assignment.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(set, []));
        await rig.SeeAsync(static seen => Obeys(seen, 1, 1));
        await rig.UntilAsync(() => (int?)Budget(rig)?["status"]?["expectedPods"] == 1);
        Assignment job = order.Assignment with { MayBeUnavailable = 1, Revision = new("r2"), Template = order.Assignment.Template with { Restart = new RestartPolicy { Condition = RestartCondition.Never } } };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(job, []));
        await rig.UntilAsync(() => rig.Cluster.List("batch", "jobs", rig.Space).Count == 1 && Budget(rig) is null);
    }

    [Fact]
    public async Task OlderServer_HasItInTheVersionThatItKnows_AlsoAfterItBecameAnother()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(prepare: static cluster => cluster.Without = new HashSet<string> { "policy/v1" });
        await rig.ApplyAsync(1, 1, Order(2, 1));
        await rig.SeeAsync(static set => Obeys(set, 1, 2));
        Assert.Equal(("policy/v1beta1", 1), ((string?)Budget(rig)!["apiVersion"], Least(rig)));
        rig.Cluster.Without = new HashSet<string> { "policy/v1beta1" };
        rig.Cluster.Compact();
        await rig.ApplyAsync(1, 2, Order(2, 2));
        await rig.UntilAsync(() => Least(rig) == 2);
    }

    [Fact]
    public async Task OlderRights_RunAllElse_AndTheCapabilityIsNotOffered()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(static call => call.Resource != "poddisruptionbudgets");
        await rig.ApplyAsync(1, 1, Order(2, 1));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Obeys(set, 1, 2));
        Assert.DoesNotContain(Capability.DisruptionBudgets, seen.Nodes[0].Capabilities);
        Assert.Contains(Capability.Schedules, seen.Nodes[0].Capabilities);
        Assert.All(seen.Replicas, static replica => Assert.Null(replica.Message));
        Assert.Null(Budget(rig));
        // Without the API it is the same; and rights that come later are used.
        await using KubernetesRig without = await KubernetesRig.StartAsync(prepare: static cluster => cluster.Without = new HashSet<string> { "policy/v1", "policy/v1beta1" });
        await without.ApplyAsync(1, 1, Order(2, 1));
        Assert.DoesNotContain(Capability.DisruptionBudgets, (await without.SeeAsync(static set => Obeys(set, 1, 2))).Nodes[0].Capabilities);
        rig.Cluster.Allows = static call => call is not { Resource: "poddisruptionbudgets", Verb: "create" };
        seen = await rig.SeeAsync(static set => set.Nodes[0].Capabilities.Contains(Capability.DisruptionBudgets) && set.Replicas.All(static replica => replica.Message is not null));
        Assert.Contains("may take all of its pods at once", seen.Replicas[0].Message, StringComparison.Ordinal);
        rig.Cluster.Allows = null;
        await rig.SeeAsync(static set => set.Replicas.All(static replica => replica.Message is null));
        Assert.Equal(1, Least(rig));
    }

    [Fact]
    public async Task PodsOnACordonedNode_SayThatTheyAre()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Order(2, 1));
        await rig.SeeAsync(static set => Obeys(set, 1, 2) && set.Replicas.All(static replica => replica.Cordoned is null));
        foreach (JsonObject node in rig.Cluster.List("", "nodes"))
        {
            node["spec"]!["unschedulable"] = true;
            rig.Cluster.Place("", "nodes", node);
        }
        await rig.SeeAsync(static set => set.Replicas.Count == 2 && set.Replicas.All(static replica => replica is { Cordoned: true, State: ReplicaState.Ready, Message: null }));
    }

    private static JsonObject Foreign(KubernetesRig rig, string name) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = rig.Space, ["generation"] = 1 },
        ["spec"] = new JsonObject { ["minAvailable"] = 7, ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "theirs" } } },
    };
}
