using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>What stands beside pods, on clusters that refuse some of it or whose people take it away.</summary>
public sealed class BesideTests
{
    [Fact]
    public async Task Service_ThatTheClusterRefuses_IsToldWithItsWorkloadAndHindersNoOther()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(prepare: static cluster => cluster.Faults = static call => call is { Resource: "services", Name: "2048", Verb: "patch" } ? new Fault.Refuse(422) : null);
        await rig.ApplyAsync(1, 1, Plain(Named("2048")), Plain(Named("web")));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2 && set.Replicas.Any(static replica => replica.Message is not null));
        Assert.StartsWith("the cluster refuses its Service 2048: ", Assert.Single(seen.Replicas, static replica => replica.Workload.Name == "2048").Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(seen.Replicas, static replica => replica.Workload.Name == "web").Message);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 1);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web") is not null);
        rig.Cluster.Faults = null;
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "2048") is not null);
        await rig.SeeAsync(static set => set.Replicas.All(static replica => replica.Message is null));
    }

    [Fact]
    public async Task Webhook_ThatDoesNotAnswer_HoldsUpItsOwnWorkloadAloneAndTheClusterIsNotSilent()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment held = Named("admitted");
        string name = KubernetesRig.Names.Deployment(held.Id, held.Revision, held.Workload);
        rig.Cluster.Faults = call => call.Resource == "deployments" && call.Name == name && call.Verb == "patch" ? new Fault.Refuse(500) : null;
        await rig.ApplyAsync(1, 1, Plain(held), Plain(Named("web")));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.Ready, Workload.Name: "web" }) && set.Replicas.Any(static replica => replica.Workload.Name == "admitted"));
        ReplicaObservation waiting = Assert.Single(seen.Replicas, static replica => replica.Workload.Name == "admitted");
        Assert.Equal(ReplicaState.BackOff, waiting.State);
        Assert.Contains("Internal error occurred", waiting.Message, StringComparison.Ordinal);
        Assert.Null(rig.Reconciler.Silence);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web") is not null);
        rig.Cluster.Faults = null;
        await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
        Assert.DoesNotContain("does not answer", rig.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ThatOthersTakeAwayOrChange_IsPutOnceMore()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, Plain(Named("one")), Plain(Named("two")));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "one") is not null && rig.Cluster.Find("", "services", rig.Space, "two") is not null);
        rig.Cluster.Remove("", "services", rig.Space, "one");
        JsonObject changed = rig.Cluster.Find("", "services", rig.Space, "two")!;
        (string key, JsonNode? value) = changed["spec"]!["selector"]!.AsObject().Single();
        string mine = (string)value!;
        changed["spec"]!["selector"] = new JsonObject { [key] = "another" };
        rig.Cluster.Place("", "services", changed);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "one") is not null && (string?)rig.Cluster.Find("", "services", rig.Space, "two")!["spec"]!["selector"]![key] == mine);
    }

    [Fact]
    public async Task Secret_ThatOthersTakeAway_IsGivenOnceMoreToPodsThatDoNotBegin()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(prepare: static cluster => cluster.Plays = static (_, _) => new ContainerPlay { ReadyAfter = null });
        Assignment order = Named("web");
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Secrets = [new FileReference { Name = "db" }] } }, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.State == ReplicaState.Starting));
        JsonObject secret = Assert.Single(rig.Cluster.List("", "secrets", rig.Space));
        rig.Cluster.Remove("", "secrets", rig.Space, (string)secret["metadata"]!["name"]!);
        await rig.UntilAsync(() => rig.Cluster.List("", "secrets", rig.Space).Count == 1);
    }

    [Fact]
    public async Task Cluster_ThatAsksForTheRightToDeleteWhatIsGivenAnOwner_IsObeyedAllTheSame()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        // OpenShift: the first time it has no owner yet.
        var asked = new HashSet<string>();
        rig.Cluster.Faults = call => call is { Resource: "secrets", Verb: "patch" or "create" } && !asked.Add("owner") && asked.Add("refused")
            ? new Fault.Refuse(403, Words: "secrets \"x\" is forbidden: cannot set an ownerRef on a resource you can't delete: , <nil>")
            : null;
        Assignment order = Named("web");
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Secrets = [new FileReference { Name = "db" }] } }, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.Ready, Message: null }) && set.Nodes[0].AppliedRevision == 1);
        Assert.Contains("refused", asked);
        JsonObject secret = Assert.Single(rig.Cluster.List("", "secrets", rig.Space));
        Assert.Null(secret["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task StatefulSet_ThatMountsAnotherKeyOfTheSameVersion_IsGivenIt()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = Named("kept");
        order = order with { Template = order.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] } };
        DesiredAssignment With(string revision, params string[] keys) => new(
            order with
            {
                Revision = new(revision),
                Generation = revision[^1] - '0',
                MayBeUnavailable = 1,
                Template = order.Template with { Configs = [new FileReference { Name = "app", Files = [.. keys.Select(static key => new FileTarget { Key = key, Path = $"/etc/app/{key}" })] }] },
            },
            [new("Config", "app", 1, Encoding.UTF8.GetBytes("a=b&c=d"))]);
        await rig.ApplyAsync(1, 1, With("r1", "a"));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.Ready, Revision.Value: "r1" }));
        await rig.ApplyAsync(1, 2, With("r2", "a", "c"));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.Ready, Revision.Value: "r2" }));
        Assert.DoesNotContain("refuse", rig.Said, StringComparison.OrdinalIgnoreCase);
    }

    private static DesiredAssignment Plain(Assignment order) => new(order, []);

    private static Assignment Named(string name) => KubernetesRig.Order(1) with { Id = new($"{name}.uid.c"), Workload = new(new("acme"), "default", name), WorkloadUid = $"uid-{name}" };
}
