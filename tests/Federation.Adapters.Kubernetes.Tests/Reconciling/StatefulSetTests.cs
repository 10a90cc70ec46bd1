using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>Workloads with names and volumes of their own: one pod for each name, replaced in place, and data that outlives them.</summary>
public sealed class StatefulSetTests
{
    private static bool Ready(ClusterObservationSet set, string revision, int count) => set.Replicas.Count(replica => replica.State == ReplicaState.Ready && replica.Revision.Value == revision) == count;

    private static Assignment Named(int replicas, string revision = "r1", int drain = 0)
    {
        Assignment order = KubernetesRig.Order(replicas, revision);
        return order with { Template = order.Template with { DrainSeconds = drain, Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Kind = "StatefulSet", Extra = new Dictionary<string, string> { ["object.spec.serviceName"] = "\"web-peers\"" } } } } };
    }

    private static Assignment WithVolume(string revision = "r1")
    {
        Assignment order = KubernetesRig.Order(1, revision);
        var claim = new Dictionary<string, string> { ["claims.data"] = """{"metadata":{"labels":{"tier":"db"}},"spec":{"storageClassName":"fast","resources":{"requests":{"storage":"5Gi"}}}}""" };
        return order with { Template = order.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/var/lib/data", SubPath = "pg" }, new VolumeReference { Name = "data", Path = "/shown", ReadOnly = true }], Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = claim } } } };
    }

    private static string[] Pods(KubernetesRig rig) => [.. rig.Cluster.List("", "pods", rig.Space).Select(static pod => (string)pod["metadata"]!["name"]!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Order_WithAVolume_HasItsClaimBeforeItRunsAndLeavesItBehind()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(WithVolume(), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 1));
        JsonObject claim = rig.Cluster.Find("", "persistentvolumeclaims", rig.Space, "data")!;
        Assert.Equal("fast", (string?)claim["spec"]!["storageClassName"]);
        Assert.Equal("5Gi", (string?)claim["spec"]!["resources"]!["requests"]!["storage"]);
        Assert.Equal("ReadWriteOnce", (string?)claim["spec"]!["accessModes"]![0]);
        Assert.Equal("db", (string?)claim["metadata"]!["labels"]!["tier"]);
        Assert.Null(claim["metadata"]!["ownerReferences"]);
        Assert.Equal(["web-0"], Pods(rig));
        JsonNode main = rig.Set()!["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.Equal("""[{"name":"federation-volume-0","mountPath":"/var/lib/data","subPath":"pg"},{"name":"federation-volume-0","mountPath":"/shown","readOnly":true}]""", main["volumeMounts"]!.ToJsonString());
        Assert.Equal("""[{"name":"federation-volume-0","persistentVolumeClaim":{"claimName":"data"}}]""", rig.Set()!["spec"]!["template"]!["spec"]!["volumes"]!.ToJsonString());
        Assert.Contains(main["env"]!.AsArray(), static one => (string?)one!["name"] == "FEDERATION_VOLUME_DATA" && (string?)one["value"] == "/var/lib/data");
        string uid = (string)claim["metadata"]!["uid"]!;
        await rig.ApplyAsync(1, 2);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count == 0);
        await rig.UntilAsync(() => rig.Set() is null);
        Assert.Equal(uid, (string?)rig.Cluster.Find("", "persistentvolumeclaims", rig.Space, "data")!["metadata"]!["uid"]);
        // It begins again where its data is.
        await rig.ApplyAsync(1, 3, new DesiredAssignment(WithVolume(), []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 3 && Ready(set, "r1", 1));
        Assert.Equal(uid, (string?)rig.Cluster.Find("", "persistentvolumeclaims", rig.Space, "data")!["metadata"]!["uid"]);
    }

    [Fact]
    public async Task Claim_ThatIsGone_IsNotMadeAnewAsIfNothingHadBeenLost()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(WithVolume(), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 1));
        await rig.ApplyAsync(1, 2);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count == 0);
        rig.Cluster.Remove("", "persistentvolumeclaims", rig.Space, "data");
        await rig.ApplyAsync(1, 3, new DesiredAssignment(WithVolume(), []));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.BackOff, Message: { } message } && message.StartsWith("its volume data was here and is gone", StringComparison.Ordinal)));
        Assert.Null(rig.Cluster.Find("", "persistentvolumeclaims", rig.Space, "data"));
        Assert.Null(rig.Set());
        // A person says that it may begin with an empty one.
        JsonObject book = rig.Cluster.Find("", "configmaps", rig.Space, KubernetesRig.Names.VolumeBook(new("acme"), "default"))!;
        ((JsonObject)book["data"]!).Remove("data");
        rig.Cluster.Place("", "configmaps", book);
        await rig.SeeAsync(static set => Ready(set, "r1", 1));
    }

    [Fact]
    public async Task Template_ThatIsNew_ReplacesPodsInPlaceAndNoMoreThanMayBeMissing()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(3, drain: 1), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 3));
        Assert.Equal("web-peers", (string?)rig.Set()!["spec"]!["serviceName"]);
        // Without room nothing is replaced, and the template is that of what runs.
        Assignment next = Named(3, "r2", drain: 1) with { Generation = 2 };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(next, []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2);
        Assert.Equal("r1", (string?)rig.Set()!["metadata"]!["annotations"]!["federation/revision"]);
        await rig.ApplyAsync(1, 3, new DesiredAssignment(next with { MayBeUnavailable = 1 }, []));
        bool drained = false;
        await rig.SeeAsync(set =>
        {
            Assert.True(set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) >= 2, "more were missing than may be");
            drained |= set.Replicas.Any(static replica => replica.State == ReplicaState.Draining);
            return Ready(set, "r2", 3) && set.Replicas.Count == 3;
        });
        Assert.True(drained, "a pod was ended without a drain");
        Assert.Equal(["web-0", "web-1", "web-2"], Pods(rig));
        Assert.DoesNotContain("is repaired", rig.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_WithFewerReplicas_EndsTheHighestNumbersAfterTheirDrain()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(3, drain: 1), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 3));
        await rig.ApplyAsync(1, 2, new DesiredAssignment(Named(1, drain: 1), []));
        await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Draining) == 2);
        await rig.SeeAsync(static set => set.Replicas.Count == 1);
        Assert.Equal(["web-0"], Pods(rig));
        await rig.ApplyAsync(1, 3, new DesiredAssignment(Named(2, drain: 1), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 2));
        Assert.Equal(["web-0", "web-1"], Pods(rig));
    }

    [Fact]
    public async Task StatefulSet_OfSomebodyElse_IsLeftAndSaid()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Place("", "namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = rig.Space } });
        rig.Cluster.Place("apps", "statefulsets", (JsonObject)JsonNode.Parse($$"""
            { "metadata": { "name": "web", "namespace": "{{rig.Space}}", "generation": 1 },
              "spec": { "replicas": 0, "serviceName": "x", "selector": { "matchLabels": { "app": "x" } }, "template": { "metadata": { "labels": { "app": "x" } }, "spec": { "containers": [ { "name": "main", "image": "x" } ] } } } }
            """)!);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(1), []));
        await rig.SeeAsync(set => set.Replicas.Any(replica => replica.Message == $"the StatefulSet web in the namespace {rig.Space} is somebody else's"));
        Assert.Equal("x", (string?)rig.Set()!["spec"]!["serviceName"]);
    }

    [Fact]
    public async Task Pod_ThatTheClusterRefuses_IsToldAsLongAsItIsMissing()
    {
        const string why = "maximum memory usage per Container is 1Gi, but limit is 2Gi";
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Refuses = static pod => (string)pod["metadata"]!["name"]! == "web-2" ? why : null;
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(3), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, "r1", 2) && set.Replicas.Count == 3);
        ReplicaObservation held = seen.Replicas.Single(static replica => replica.State != ReplicaState.Ready);
        Assert.Equal((ReplicaState.BackOff, $"the cluster refuses its pods: pods \"web-2\" is forbidden: {why}"), (held.State, held.Message));
        rig.Cluster.Refuses = null;
        await rig.SeeAsync(static set => Ready(set, "r1", 3) && set.Replicas.Count == 3);
        // Its event is there still, and no reason for a pod that is replaced.
        string old = (string)rig.Cluster.Find("", "pods", rig.Space, "web-1")!["metadata"]!["uid"]!;
        rig.Cluster.Remove("", "pods", rig.Space, "web-1");
        await rig.SeeAsync(set =>
        {
            Assert.DoesNotContain(set.Replicas, static replica => replica.Message?.Contains(why, StringComparison.Ordinal) == true);
            return Ready(set, "r1", 3) && set.Replicas.All(replica => replica.Id.Value != old);
        });
        Assert.NotEmpty(rig.Cluster.List("", "events", rig.Space));
    }

    [Fact]
    public async Task Pods_ThatTheClusterRefusesAll_AreTold_UntilTheFirstIsThere()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Plays = static (_, _) => new ContainerPlay { ReadyAfter = null };
        rig.Cluster.Refuses = static _ => "failed quota: memory: must specify limits.memory";
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(3), []));
        await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff, Message: "the cluster's quota does not allow its pods: pods \"web-0\" is forbidden: failed quota: memory: must specify limits.memory" }]);
        rig.Cluster.Refuses = null;
        // The others wait for it, as the set's order is, and nobody refuses them.
        await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Starting }]);
        Assert.Equal(["web-0"], Pods(rig));
    }

    [Fact]
    public async Task Workload_ThatGetsAVolume_EndsAsADeploymentFirst()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 1));
        Assignment next = WithVolume("r2") with { Generation = 2 };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(next, []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2 && Ready(set, "r1", 1));
        await rig.ApplyAsync(1, 3, new DesiredAssignment(next with { MayBeUnavailable = 1 }, []));
        await rig.SeeAsync(set =>
        {
            Assert.True(set.Replicas.Count(static replica => replica.Running) <= 1, "two ran where one may");
            return Ready(set, "r2", 1);
        });
        await rig.UntilAsync(() => rig.Deployment() is null);
        // And back: the data stays.
        await rig.ApplyAsync(1, 4, new DesiredAssignment(KubernetesRig.Order(1, "r3") with { MayBeUnavailable = 1, Generation = 3 }, []));
        await rig.SeeAsync(static set => Ready(set, "r3", 1) && set.Replicas.Count == 1);
        Assert.Null(rig.Set());
        Assert.NotNull(rig.Cluster.Find("", "persistentvolumeclaims", rig.Space, "data"));
    }

    [Fact]
    public async Task StatefulSet_ThatOthersChange_IsPutRight()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Named(2), []));
        await rig.SeeAsync(static set => Ready(set, "r1", 2));
        JsonObject changed = rig.Set()!;
        changed["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "others/thing:9";
        changed["metadata"]!["generation"] = (int)changed["metadata"]!["generation"]! + 1;
        rig.Cluster.Place("apps", "statefulsets", changed);
        await rig.UntilAsync(() => (string?)rig.Set()!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] == "demo/web:1");
        await rig.UntilAsync(() => rig.Said.Contains("was changed by others and is repaired", StringComparison.Ordinal));
    }
}
