using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>Networks that workloads name, in a cluster that has one alone.</summary>
public sealed class NetworkTests
{
    private static readonly NetworkAttachment Back = new() { Name = "shop_back", Internal = true };

    [Fact]
    public async Task ClosedNetwork_IsAPolicyForWhatIsInNoOther_AndThePlaneIsNotLedIn()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(keepsPolicies: true);
        Assignment database = In("db", Back with { Aliases = ["store"] }), web = In("web", new NetworkAttachment { Name = "shop_front" }, Back);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(database, []), new DesiredAssignment(web, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Count == 2 && set.Replicas.All(static replica => replica.State == ReplicaState.Ready));
        Assert.Empty(seen.Replicas.Single(static replica => replica.Workload.Name == "db").Ports);
        Assert.NotEmpty(seen.Replicas.Single(static replica => replica.Workload.Name == "web").Ports);

        JsonNode policy = Assert.Single(rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space))["spec"]!;
        JsonObject back = new() { ["matchLabels"] = new JsonObject { ["network.federation/shop_back"] = "yes" } };
        Assert.True(JsonNode.DeepEquals(back, policy["ingress"]![0]!["from"]![0]!["podSelector"]), policy.ToJsonString());
        Assert.True(JsonNode.DeepEquals(back, policy["egress"]![0]!["to"]![0]!["podSelector"]), policy.ToJsonString());
        Assert.Single(policy["ingress"]!.AsArray());
        // Beside its own kind it reaches who tells names, and nobody else.
        Assert.Equal(2, policy["egress"]!.AsArray().Count);
        Assert.Equal([53, 53, 5353, 5353], policy["egress"]![1]!["ports"]!.AsArray().Select(static port => (int)port!["port"]!));
        JsonObject pod = Pod(rig, "db"), other = Pod(rig, "web");
        Assert.All((JsonObject)policy["podSelector"]!["matchLabels"]!, label => Assert.Equal((string?)label.Value, (string?)pod["metadata"]!["labels"]![label.Key]));
        Assert.Equal("yes", (string?)other["metadata"]!["labels"]!["network.federation/shop_back"]);
        Assert.Null(other["metadata"]!["labels"]!["federation/closed"]);

        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "store") is not null);
        JsonNode alias = rig.Cluster.Find("", "services", rig.Space, "store")!["spec"]!;
        Assert.Equal(("None", "yes"), ((string?)alias["clusterIP"], (string?)alias["selector"]!["alias.federation/store"]));
        Assert.Equal("yes", (string?)pod["metadata"]!["labels"]!["alias.federation/store"]);
        // All of it goes with the workload.
        await rig.ApplyAsync(1, 2, new DesiredAssignment(web, []));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "store") is null && rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space).Count == 0);
    }

    [Fact]
    public async Task Version_InAnotherClosedNetwork_HasItsPolicyBesideThatOfTheOneBefore()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(keepsPolicies: true);
        Assignment first = In("db", Back), second = In("db", Back with { Name = "shop_other" }) with { Revision = new("r2"), Surge = 1 };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(first, []));
        await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Ready }]);
        string before = rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space)[0]["spec"]!.ToJsonString();
        rig.Cluster.Plays = static (pod, _) => (string?)pod["metadata"]!["annotations"]!["federation/revision"] == "r2" ? new() { ReadyAfter = TimeSpan.FromHours(1) } : null;
        await rig.ApplyAsync(1, 2, new DesiredAssignment(second, []));
        await rig.UntilAsync(() => rig.Cluster.List("", "pods", rig.Space).Count == 2);
        IReadOnlyList<JsonObject> policies = rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space);
        Assert.Equal(2, policies.Count);
        Assert.Contains(policies, policy => policy["spec"]!.ToJsonString() == before);
        foreach (JsonObject pod in rig.Cluster.List("", "pods", rig.Space)) Assert.Single(policies, policy => Selects(policy, pod));
    }

    [Fact]
    public async Task ClosedNetwork_OfWhatIsInItsMachinesNetworkToo_IsRefused()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(keepsPolicies: true, machineRights: true);
        Assignment order = In("db", Back);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Container = order.Template.Container! with { Namespaces = new Dictionary<string, string> { ["network"] = "host" } } } }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff }]);
        Assert.Equal("the network shop_back is internal, and the template is in its machine's own network as well", seen.Replicas[0].Message);
    }

    [Fact]
    public async Task FurtherName_OfTwoWorkloads_LeadsToBoth_AndTakesNoWorkloadsOwn()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        NetworkAttachment shared = new() { Name = "front", Aliases = ["api", "web"] };
        await rig.ApplyAsync(1, 1, [.. new[] { In("first", shared), In("second", shared), In("web") }.Select(static order => new DesiredAssignment(order, []))]);
        await rig.SeeAsync(static set => set.Replicas.Count == 3 && set.Replicas.All(static replica => replica.State == ReplicaState.Ready));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "api")?["metadata"]!["ownerReferences"]?.AsArray().Count == 2);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web")?["spec"]!["selector"]!["federation/workload"] is not null);
        Assert.Empty(rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space));
    }

    [Fact]
    public async Task ClosedNetwork_WhereThePlaneIsNotToldThatPoliciesAreKept_IsNotOffered()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(In("db", Back), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff }]);
        Assert.Equal("its template needs closed-networks, which this agent does not offer; nothing of it is started here", seen.Replicas[0].Message);
        Assert.DoesNotContain(Capability.ClosedNetworks, seen.Nodes[0].Capabilities);
        Assert.Contains(Capability.NetworkNames, seen.Nodes[0].Capabilities);
    }

    [Fact]
    public async Task FurtherName_ThatNoServiceCanHave_IsRefusedWithTheRule()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(In("db", new NetworkAttachment { Name = "front", Aliases = ["db.shop"] }), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff }]);
        Assert.Equal("the name db.shop in the network front cannot be a Service's: that has up to 63 lower-case letters, digits and '-', and begins with a letter", seen.Replicas[0].Message);
    }

    private static Assignment In(string workload, params NetworkAttachment[] networks)
    {
        Assignment order = KubernetesRig.Order(1);
        return order with
        {
            Id = new($"{workload}.uid.c"),
            Workload = new(order.Workload.Tenant, order.Workload.Namespace, workload),
            Template = order.Template with { Container = new ContainerTemplate { Networks = networks } },
        };
    }

    private static bool Selects(JsonObject policy, JsonObject pod) =>
        ((JsonObject)policy["spec"]!["podSelector"]!["matchLabels"]!).All(label => (string?)pod["metadata"]!["labels"]![label.Key] == (string?)label.Value);

    private static JsonObject Pod(KubernetesRig rig, string workload) =>
        rig.Cluster.List("", "pods", rig.Space).Single(pod => (string?)pod["metadata"]!["annotations"]!["federation/name"] == workload);
}
