using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Reaching;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>What the conformance kit does not ask: objects of Kubernetes, and others who write to them.</summary>
public sealed class KubernetesReconcilerTests
{
    private static bool Ready(ClusterObservationSet set, int count) => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == count;

    [Fact]
    public async Task Order_WithConfigsAndSecrets_HasTheirFilesAndTakesThemAlongWhenItGoes()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = KubernetesRig.Order(1);
        order = order with { Template = order.Template with { Configs = [new FileReference { Name = "app" }], Secrets = [new FileReference { Name = "db", Path = "/etc/db" }] } };
        SealedFiles config = new("Config", "app", 3, Encoding.UTF8.GetBytes("app.conf=a")), secret = new("Secret", "db", 7, Encoding.UTF8.GetBytes("password=hunter2"));
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, [config, secret]));
        await rig.SeeAsync(static set => Ready(set, 1));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web") is not null && rig.Cluster.List("", "secrets", rig.Space)[0]["metadata"]!["ownerReferences"] is not null);
        JsonObject pod = Assert.Single(rig.Cluster.List("", "pods", rig.Space));
        JsonNode main = pod["spec"]!["containers"]![0]!;
        Assert.Equal(["/run/federation/configs/app/app.conf", "/etc/db/password"], main["volumeMounts"]!.AsArray().Select(static mount => (string)mount!["mountPath"]!));
        JsonObject stored = Assert.Single(rig.Cluster.List("", "secrets", rig.Space));
        Assert.Equal("hunter2", Encoding.UTF8.GetString(Convert.FromBase64String((string)stored["data"]!["file-1"]!)));
        Assert.Equal((string)rig.Deployment()!["metadata"]!["uid"]!, (string?)stored["metadata"]!["ownerReferences"]?[0]?["uid"]);
        Assert.Equal((string)stored["metadata"]!["name"]!, (string?)pod["spec"]!["volumes"]!.AsArray().Single(static volume => volume!["secret"] is not null)!["secret"]!["secretName"]);
        Assert.DoesNotContain("hunter2", rig.Said, StringComparison.Ordinal);
        JsonObject service = rig.Cluster.Find("", "services", rig.Space, "web")!;
        Assert.Equal("None", (string?)service["spec"]!["clusterIP"]);
        // A new version of the secret moves the pod to it.
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order, [config, secret with { Version = 8, Box = Encoding.UTF8.GetBytes("password=other") }]));
        await rig.UntilAsync(() => rig.Cluster.List("", "secrets", rig.Space).Count == 2);
        await rig.ApplyAsync(1, 3);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 3 && set.Replicas.Count == 0);
        await rig.UntilAsync(() => rig.Cluster.List("", "secrets", rig.Space).Count == 0 && rig.Cluster.List("", "configmaps", rig.Space).Count == 0 && rig.Cluster.Find("", "services", rig.Space, "web") is null);
    }

    [Theory]
    [InlineData(".dockerconfigjson", ".dockerconfigjson", "kubernetes.io/dockerconfigjson")]
    [InlineData("config.json", ".dockerconfigjson", "kubernetes.io/dockerconfigjson")]
    [InlineData(".dockercfg", ".dockercfg", "kubernetes.io/dockercfg")]
    [InlineData("regcred", ".dockerconfigjson", "kubernetes.io/dockerconfigjson")]
    public async Task Order_WithLoginsForItsImage_HandsThemToTheKubeletAndNotToThePod(string key, string there, string type)
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = KubernetesRig.Order(1);
        order = order with { Template = order.Template with { ImagePullSecrets = ["regcred"], Secrets = [new FileReference { Name = "regcred", Version = 2, Files = [] }] } };
        const string logins = """{"auths":{"r.io":{"username":"u","password":"hunter2"}}}""";
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, [new SealedFiles("Secret", "regcred", 2, Encoding.UTF8.GetBytes($"{key}={logins}"))]));
        await rig.SeeAsync(static set => Ready(set, 1));
        JsonObject stored = Assert.Single(rig.Cluster.List("", "secrets", rig.Space));
        Assert.Equal((type, logins), ((string?)stored["type"], Encoding.UTF8.GetString(Convert.FromBase64String((string)stored["data"]![there]!))));
        JsonNode pod = Assert.Single(rig.Cluster.List("", "pods", rig.Space))["spec"]!;
        Assert.Equal((string)stored["metadata"]!["name"]!, (string?)Assert.Single(pod["imagePullSecrets"]!.AsArray())!["name"]);
        Assert.Null(pod["volumes"]);
        Assert.DoesNotContain("hunter2", rig.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_OfOnePodANode_CountsTheNodes_PutsEachPodOnItsOwn_AndReplacesThemInPlace()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = KubernetesRig.Order(1);
        order = order with { Template = order.Template with { Container = new ContainerTemplate { Mode = ContainerMode.Global } }, MayBeUnavailable = 1 };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, []));
        // It tells how many are to be asked for, whatever was asked.
        await rig.SeeAsync(set => set.Nodes[0].Machines.SequenceEqual([new EligibleMachines(order.Id, 2)]) && Ready(set, 1));
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order with { Replicas = 2 }, []));
        await rig.SeeAsync(static set => Ready(set, 2));
        Assert.Equal(["n1", "n2"], rig.Cluster.List("", "pods", rig.Space).Select(static pod => (string)pod["spec"]!["nodeName"]!).Order());
        // A new version has no room beside the old.
        await rig.ApplyAsync(1, 3, new DesiredAssignment(order with { Replicas = 2, Revision = new("r2") }, []));
        await rig.SeeAsync(static set => set.Replicas.Count == 2 && set.Replicas.All(static replica => replica is { State: ReplicaState.Ready, Revision.Value: "r2" }));
        Assert.Equal(["n1", "n2"], rig.Cluster.List("", "pods", rig.Space).Where(static pod => pod["metadata"]!["deletionTimestamp"] is null).Select(static pod => (string)pod["spec"]!["nodeName"]!).Order());
        // One more than there are nodes waits, and says for what.
        await rig.ApplyAsync(1, 4, new DesiredAssignment(order with { Replicas = 3, Revision = new("r2") }, []));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message?.Contains("anti-affinity", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task Rights_OnItsMachines_AreTheirOwnersToGrant_AndHardeningNeedsNone()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = KubernetesRig.Order(1);
        Assignment Of(string name, ContainerTemplate container) =>
            order with { Id = new($"{name}.uid.c"), Workload = order.Workload with { Name = name }, Template = order.Template with { Container = container } };
        Assignment hardened = Of("hardened", new ContainerTemplate { CapDrop = ["all"], CapAdd = ["CAP_NET_BIND_SERVICE"], SecurityOptions = ["no-new-privileges:true"] });
        Assignment folder = Of("folder", new ContainerTemplate { Binds = [new BindMount { Source = "/", Path = "/machine" }] });
        Assignment carried = Of("carried", new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = new Dictionary<string, string> { ["pod.spec.hostNetwork"] = "true" } } });
        Assignment volumes = Of("volumes", new ContainerTemplate { Privileged = true }) with { Template = order.Template with { Container = new ContainerTemplate { Privileged = true }, Volumes = [new VolumeReference { Name = "data" }] } };
        await rig.ApplyAsync(1, 1, [.. new[] { hardened, folder, carried, volumes }.Select(static one => new DesiredAssignment(one, []))]);
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, 1) && set.Replicas.Count == 4 && set.Nodes[0].AppliedRevision == 1);
        Assert.Equal(
            ["binds", "kubernetes-rights", "privileged"],
            seen.Replicas.Where(static replica => replica.State == ReplicaState.BackOff).Select(static replica => replica.Message!["its template needs ".Length..replica.Message!.IndexOf(',', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        JsonObject pod = Assert.Single(rig.Cluster.List("", "pods", rig.Space));
        Assert.Empty(rig.Cluster.List("apps", "statefulsets", rig.Space));
        Assert.Empty(rig.Cluster.List("", "persistentvolumeclaims", rig.Space));
        Assert.Equal("""{"allowPrivilegeEscalation":false,"capabilities":{"add":["NET_BIND_SERVICE"],"drop":["ALL"]}}""", pod["spec"]!["containers"]![0]!["securityContext"]!.ToJsonString());
    }

    [Fact]
    public async Task Rights_ThatAreGranted_AreUsed()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(machineRights: true);
        Assignment order = KubernetesRig.Order(1);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Container = new ContainerTemplate { Binds = [new BindMount { Source = "/srv", Path = "/srv" }], Kubernetes = new KubernetesFields { Needed = new Dictionary<string, string> { ["pod.spec.hostPID"] = "true" } } } } }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, 1));
        Assert.Empty(OfferedCapabilities.Kubernetes.Rights.Except(seen.Nodes[0].Capabilities));
        JsonObject pod = Assert.Single(rig.Cluster.List("", "pods", rig.Space));
        Assert.Equal((true, "/srv"), ((bool)pod["spec"]!["hostPID"]!, (string?)pod["spec"]!["volumes"]![0]!["hostPath"]!["path"]));
    }

    [Fact]
    public async Task Deployment_ThatOthersChange_IsPutRightWhereItIsOursAlone()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        await rig.SeeAsync(static set => Ready(set, 2));
        JsonObject changed = rig.Deployment()!;
        changed["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "others/thing:9";
        changed["spec"]!["template"]!["metadata"]!["annotations"]!["mesh.example/injected"] = "yes";
        changed["metadata"]!["generation"] = (int)changed["metadata"]!["generation"]! + 1;
        rig.Cluster.Place("apps", "deployments", changed);
        await rig.UntilAsync(() => (string?)rig.Deployment()!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] == "demo/web:1");
        Assert.Equal("yes", (string?)rig.Deployment()!["spec"]!["template"]!["metadata"]!["annotations"]!["mesh.example/injected"]);
        await rig.UntilAsync(() => rig.Said.Contains("was changed by others and is repaired", StringComparison.Ordinal));
        await rig.SeeAsync(static set => Ready(set, 2));
    }

    [Fact]
    public async Task Cluster_ThatDoesNotAnswer_LosesNothingAndIsSaidToBeSilent()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        ClusterObservationSet before = await rig.SeeAsync(static set => Ready(set, 2));
        int lists = 0;
        // Cut, refused, and answered by a server that shows nothing: none of it says that anything is gone.
        rig.Cluster.Faults = call => call.Verb == "list" && Interlocked.Increment(ref lists) % 2 == 0 ? new Fault.Cut() : call.Verb == "watch" ? new Fault.Expire() : new Fault.Refuse(500);
        rig.Cluster.Compact();
        foreach (JsonObject node in rig.Cluster.List("", "nodes")) rig.Cluster.Place("", "nodes", node);
        await rig.Reconciler.ApplyAsync([new DesiredAssignment(KubernetesRig.Order(3), [])], 1, 2, TestContext.Current.CancellationToken);
        await rig.UntilAsync(() => rig.Reconciler.Silence is not null);
        // A write that was refused before the silence is told beside them.
        Assert.Equal(before.Replicas.Select(static replica => (replica.Id, replica.State)), rig.Reconciler.Current.Replicas.Where(static replica => !replica.Id.Value.EndsWith("-held", StringComparison.Ordinal)).Select(static replica => (replica.Id, replica.State)));
        Assert.Equal(2, rig.Cluster.List("", "pods", rig.Space).Count);
        rig.Cluster.Faults = null;
        ClusterObservationSet after = await rig.SeeAsync(static set => Ready(set, 3));
        Assert.Null(rig.Reconciler.Silence);
        Assert.Subset(after.Replicas.Select(static replica => replica.Id).ToHashSet(), before.Replicas.Select(static replica => replica.Id).ToHashSet());
    }

    [Fact]
    public async Task Observations_WhileTheClusterIsSlowToTakeAWrite_GoOn()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, 1) && set.Nodes[0].AppliedRevision == 1);
        JsonObject pod = Assert.Single(rig.Cluster.List("", "pods", rig.Space));
        rig.Cluster.Pace = 0.01;
        rig.Cluster.Faults = static call => call is { Verb: "patch", Resource: "deployments" } ? new Fault.Slow(TimeSpan.FromHours(1)) : null;
        Assignment order = KubernetesRig.Order(1), other = order with { Id = new("other.uid.c"), Workload = order.Workload with { Name = "other" } };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order, []), new DesiredAssignment(other, []));
        await rig.UntilAsync(() => rig.Cluster.Calls.Any(static call => call is { Verb: "patch", Resource: "deployments" } && call.Name!.StartsWith("other-", StringComparison.Ordinal)));
        rig.Cluster.Exit(pod, (string)pod["spec"]!["containers"]![0]!["name"]!, 1);
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ Restarts: 1 }]);
        Assert.Equal(1, seen.Nodes[0].AppliedRevision);
        Assert.Null(rig.Reconciler.Silence);
    }

    [Fact]
    public async Task Term_ThatIsHigherInTheCluster_StopsEveryWrite()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(5, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, 1));
        JsonObject ledger = rig.Cluster.Find("", "configmaps", "federation", KubernetesRig.Names.Ledger())!;
        Assert.Equal("5", (string?)ledger["metadata"]!["annotations"]![KubernetesLabels.Term]);
        ledger["metadata"]!["annotations"]![KubernetesLabels.Term] = "9";
        rig.Cluster.Place("", "configmaps", ledger);
        // Another agent has taken over: the next term of ours is below it.
        await rig.ApplyAsync(6, 2, new DesiredAssignment(KubernetesRig.Order(4), []));
        await rig.UntilAsync(() => rig.Said.Contains("Another agent obeys term 9", StringComparison.Ordinal));
        Assert.Equal(1, (int)rig.Deployment()!["spec"]!["replicas"]!);
        await Assert.ThrowsAsync<StaleTermException>(() => rig.ApplyAsync(8, 3));
    }

    [Fact]
    public async Task Objects_OfOthers_AreLeftAsTheyAre()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Place("", "namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = rig.Space } });
        rig.Cluster.Place("", "services", (JsonObject)JsonNode.Parse($$"""{ "metadata": { "name": "web", "namespace": "{{rig.Space}}" }, "spec": { "clusterIP": "10.43.9.9" } }""")!);
        // The marks of another plane, and ours under a name that is not its own.
        foreach ((string name, string owner) in new[] { ("foreign", "another"), ("copied", KubernetesRig.Names.Owner()) })
        {
            rig.Cluster.Place("apps", "deployments", (JsonObject)JsonNode.Parse($$"""
                { "metadata": { "name": "{{name}}", "namespace": "{{rig.Space}}", "generation": 1, "labels": { "federation/owner": "{{owner}}" }, "annotations": { "federation/assignment": "a", "federation/revision": "r", "federation/tenant": "acme", "federation/namespace": "default", "federation/name": "web" } },
                  "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "{{name}}" } }, "template": { "metadata": { "labels": { "app": "{{name}}" } }, "spec": { "containers": [ { "name": "main", "image": "x" } ] } } } }
                """)!);
        }
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, 1));
        await rig.ApplyAsync(1, 2);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count == 0);
        Assert.NotNull(rig.Cluster.Find("apps", "deployments", rig.Space, "foreign"));
        Assert.NotNull(rig.Cluster.Find("apps", "deployments", rig.Space, "copied"));
        Assert.Equal("10.43.9.9", (string?)rig.Cluster.Find("", "services", rig.Space, "web")!["spec"]!["clusterIP"]);
    }

    [Fact]
    public async Task Order_ThatCannotRun_SaysWhyInASentence()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Pace = 0.02;
        rig.Cluster.Plays = static (_, _) => new ContainerPlay { ImageError = "rpc error: code = NotFound desc = demo/web:1: not found" };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message == "the image demo/web:1 cannot be pulled: demo/web:1: not found; it is tried again"));
        Assignment once = KubernetesRig.Order(1);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(once with { Revision = new("r2"), MayBeUnavailable = 1, Template = once.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }], Restart = new RestartPolicy { Condition = RestartCondition.OnFailure } } }, []));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.BackOff, Message: "it has volumes, and a Job may begin a second pod while the first runs on, on a node that is lost: both would write to them" }));
    }

    [Fact]
    public async Task Pods_OfWhichTheQuotaAllowsSome_SayWhyThereAreNotMore_AndNoMoreOnceTheyCome()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Refuses = _ => rig.Cluster.List("", "pods", rig.Space).Count is >= 3 and var used ? $"exceeded quota: pods, requested: pods=1, used: pods={used}, limited: pods=3" : null;
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(5), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, 3) && set.Replicas.Count == 4);
        ReplicaObservation held = seen.Replicas.Single(static replica => replica.State == ReplicaState.BackOff);
        Assert.StartsWith("the cluster's quota does not allow its pods: pods \"web-", held.Message, StringComparison.Ordinal);
        Assert.EndsWith("is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3", held.Message, StringComparison.Ordinal);
        rig.Cluster.Refuses = null;
        await rig.SeeAsync(static set => Ready(set, 5) && set.Replicas.Count == 5);
        // Fewer are wanted: nothing is missing then.
        rig.Cluster.Refuses = static _ => "exceeded quota: pods";
        await rig.ApplyAsync(1, 2, new DesiredAssignment(KubernetesRig.Order(6), []));
        await rig.SeeAsync(static set => Ready(set, 5) && set.Replicas.Count == 6);
        await rig.ApplyAsync(1, 3, new DesiredAssignment(KubernetesRig.Order(5), []));
        await rig.SeeAsync(static set => Ready(set, 5) && set.Replicas.Count == 5);
    }

    [Fact]
    public async Task Write_ThatTheClusterRefuses_IsToldThoughSomeReplicasAreThere()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, 1));
        rig.Cluster.Allows = static call => call is not { Resource: "deployments", Verb: "patch" };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(KubernetesRig.Order(2), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, 1) && set.Replicas.Count == 2);
        Assert.Contains("deployments", seen.Replicas.Single(static replica => replica.State == ReplicaState.BackOff).Message, StringComparison.Ordinal);
        rig.Cluster.Allows = null;
        await rig.SeeAsync(static set => Ready(set, 2) && set.Replicas.Count == 2);
    }

    [Theory]
    [InlineData(null, "main")]
    [InlineData("\"app\"", "app")]
    public async Task Container_ThatAMeshPutsBeforeOurs_IsNeitherReadNorRunInNorAsked(string? carried, string name)
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Injects = static pod => pod["spec"]!["containers"]!.AsArray().Insert(0, new JsonObject { ["name"] = "linkerd-proxy", ["image"] = "mesh/proxy:2", ["env"] = new JsonArray(new JsonObject { ["name"] = "LOG", ["value"] = "info" }) });
        rig.Cluster.Plays = static (_, container) => new ContainerPlay
        {
            Output = [$"{(string)container["name"]!} says"],
            // It never comes, so that only ours has begun.
            ImageError = (string)container["image"]! == "mesh/proxy:2" ? "not found" : null,
        };
        rig.Cluster.Runs = static (_, container, _) => (container, 0);
        Assignment order = KubernetesRig.Order(1);
        if (carried is not null) order = order with { Template = order.Template with { Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = new Dictionary<string, string> { ["container.name"] = carried } } } } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ StartedAt: not null }]);
        ReplicaId id = seen.Replicas[0].Id;
        Assert.Equal(["linkerd-proxy", name], rig.Cluster.List("", "pods", rig.Space).Single()["spec"]!["containers"]!.AsArray().Select(static container => (string)container!["name"]!));
        var said = new List<string>();
        await foreach (OutputLine line in rig.Reconciler.ReadOutputAsync(id, false, null, null, false, TestContext.Current.CancellationToken)) said.Add(line.Text);
        Assert.Equal([$"{name} says"], said);
        await using PodCommand command = (await rig.Reconciler.RunCommandAsync(id, ["hostname"], false, false, TestContext.Current.CancellationToken))!;
        var written = new StringBuilder();
        await command.CopyOutputAsync((_, piece, _) =>
        {
            written.Append(Encoding.UTF8.GetString(piece.Span));
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        Assert.Equal(name, written.ToString());
        Assert.Contains("mesh/proxy:2", (await rig.SeeAsync(static set => set.Replicas is [{ Message: not null }])).Replicas[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capacity_OfTheCluster_LeavesOutWhatOthersAskForAndCountsOursOnce()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Place("", "pods", (JsonObject)JsonNode.Parse("""{ "metadata": { "name": "system", "namespace": "kube-system" }, "spec": { "nodeName": "n1", "containers": [ { "name": "a", "image": "x", "resources": { "requests": { "cpu": "1500m", "memory": "1Gi" } } } ] }, "status": { "phase": "Running" } }""")!);
        Assignment order = KubernetesRig.Order(1);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Resources = new ResourceRequirements { Cpu = new(250), Memory = new(64 * 1024 * 1024) } } }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, 1));
        Assert.Equal(8000, seen.Nodes[0].Allocatable.Cpu.Value);
        Assert.Equal(1500, seen.Nodes[0].Foreign.Cpu.Value);
        Assert.Equal(1024L * 1024 * 1024, seen.Nodes[0].Foreign.Memory.Value);
        JsonNode requests = rig.Cluster.List("", "pods", rig.Space).Single()["spec"]!["containers"]![0]!["resources"]!["requests"]!;
        Assert.Equal("250m", (string?)requests["cpu"]);
    }

    [Fact]
    public async Task Revision_WithoutRoom_WaitsForPodsWhoseDeploymentIsGoneAndWhichTheClusterHasNotYetEnded()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set, 1));
        // The cluster's garbage collector is behind.
        rig.Cluster.IsStill = true;
        Assignment next = KubernetesRig.Order(1, "r2") with { MayBeUnavailable = 1 };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(next, []));
        await rig.UntilAsync(() => rig.Deployment() is null);
        await rig.ApplyAsync(1, 3, new DesiredAssignment(next, []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 3);
        await rig.ApplyAsync(1, 4, new DesiredAssignment(next, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 4);
        Assert.Equal("r1", Assert.Single(seen.Replicas).Revision.Value);
        Assert.Null(rig.Deployment("r2"));

        rig.Cluster.IsStill = false;
        rig.Cluster.AddNode("n3", "4", "8Gi");
        await rig.SeeAsync(static set =>
        {
            Assert.True(set.Replicas.Count <= 1, "two are there where one may be");
            return Ready(set, 1) && set.Replicas[0].Revision.Value == "r2";
        });
    }
}
