using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Tests.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Tests.Forms;

/// <summary>What only Kubernetes knows is laid into what is made, and cannot take the place of what the plane says.</summary>
public sealed class CarriedFieldsTests
{
    private static Assignment Carrying(params (string Path, string Value)[] fields)
    {
        Assignment order = KubernetesRig.Order(2);
        var needed = fields.ToDictionary(static field => field.Path, static field => field.Value);
        return order with { Template = order.Template with { Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = needed } } } };
    }

    private static JsonObject? Make(Assignment order, out string? refusal)
    {
        MaterialForm material = MaterialForm.TryMake(KubernetesRig.Names, "d", new DesiredAssignment(order, []), new Nothing(), out refusal)!;
        return DeploymentForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, 2, out refusal);
    }

    private static JsonObject Made(params (string Path, string Value)[] fields)
    {
        JsonObject? made = Make(Carrying(fields), out string? refusal);
        Assert.True(made is not null, refusal);
        return made;
    }

    [Theory]
    [InlineData("object.metadata.name", "\"another\"")]
    [InlineData("object.metadata.namespace", "\"kube-system\"")]
    [InlineData("object.metadata", "{\"labels\":{\"federation/owner\":\"x\"}}")]
    [InlineData("object.metadata.ownerReferences", "[]")]
    [InlineData("object.metadata.finalizers[0]", "\"x/y\"")]
    [InlineData("object.kind", "\"DaemonSet\"")]
    [InlineData("object.status.replicas", "3")]
    [InlineData("object.spec", "{\"replicas\":9}")]
    [InlineData("object.spec.replicas", "9")]
    [InlineData("object.spec.paused", "true")]
    [InlineData("object.spec.selector.matchLabels", "{\"app\":\"x\"}")]
    [InlineData("object.spec.selector", "{\"matchExpressions\":[]}")]
    [InlineData("object.spec.template.spec.containers", "[]")]
    [InlineData("object.spec.strategy.type", "\"Recreate\"")]
    [InlineData("pod.metadata.name", "\"x\"")]
    [InlineData("pod.metadata.namespace", "\"kube-system\"")]
    [InlineData("pod.metadata.ownerReferences", "[]")]
    [InlineData("pod.metadata", "{\"labels\":{}}")]
    [InlineData("pod.metadata.labels", "{\"federation/owner\":\"x\"}")]
    [InlineData("pod.metadata.labels", "{\"federation/deployment\":\"x\"}")]
    [InlineData("pod.metadata.labels", "{\"service.federation/api\":\"yes\"}")]
    [InlineData("pod.metadata.annotations", "{\"federation/form\":\"{}\"}")]
    [InlineData("pod.metadata.labels.federation/workload", "\"x\"")]
    [InlineData("pod.spec", "{\"containers\":[]}")]
    [InlineData("pod.spec.containers", "[{\"name\":\"main\",\"image\":\"other\"}]")]
    [InlineData("pod.spec.containers", "{}")]
    [InlineData("pod.spec.containers", "[{\"image\":\"nameless\"}]")]
    [InlineData("pod.spec.containers[0]", "null")]
    [InlineData("pod.spec.containers[0].image", "\"other\"")]
    [InlineData("pod.spec.terminationGracePeriodSeconds", "600")]
    [InlineData("container.image", "\"other:1\"")]
    [InlineData("container.ports", "[{\"containerPort\":1}]")]
    [InlineData("container.env", "{}")]
    [InlineData("container..x", "1")]
    [InlineData("job.spec.parallelism", "1")]
    [InlineData("services.web", "{\"metadata\":{\"name\":\"kubernetes\"}}")]
    [InlineData("services.web", "{\"metadata\":{\"ownerReferences\":[]}}")]
    [InlineData("services.web", "{\"metadata\":{\"labels\":{\"federation/owner\":\"x\"}}}")]
    [InlineData("services.web", "{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"evil.example\"}}")]
    [InlineData("services.web", "{\"status\":{}}")]
    [InlineData("services.web", "null")]
    [InlineData("services.Web_1", "{\"spec\":{}}")]
    [InlineData("object.spec.updateStrategy", "{\"type\":\"RollingUpdate\"}")]
    [InlineData("object.spec.persistentVolumeClaimRetentionPolicy", "{\"whenDeleted\":\"Delete\"}")]
    [InlineData("claims.unknown", "{\"spec\":{}}")]
    [InlineData("policies.web", "{\"metadata\":{\"namespace\":\"default\"}}")]
    public void Lay_WhatIsThePlanesOwn_IsRefusedByItsPath(string path, string value)
    {
        Assert.Null(Make(Carrying((path, value)), out string? refusal));
        Assert.StartsWith($"container.kubernetes has {path}: ", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Lay_FieldsBesideTheMappedOnes_JoinsThem()
    {
        JsonObject made = Made(
            ("container.name", "\"web\""),
            ("container.imagePullPolicy", "\"Always\""),
            ("container.env", "[{\"name\":\"REVISION\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.name\"}}},{\"name\":\"MORE\",\"value\":\"1\"}]"),
            ("container.livenessProbe", "{\"httpGet\":{\"path\":\"/\",\"port\":\"http\"}}"),
            ("pod.spec.containers", "[{\"name\":\"main\",\"image\":\"beside:1\"}]"),
            ("pod.spec.nodeSelector", "{\"disktype\":\"ssd\"}"),
            ("pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution", "{\"nodeSelectorTerms\":[]}"),
            ("pod.metadata.finalizers[0]", "\"example.com/held\""),
            ("pod.metadata.labels", "{\"mesh\":\"on\"}"),
            ("object.spec.podReplacementPolicy", "\"Failed\""));
        JsonNode pod = made["spec"]!["template"]!, main = pod["spec"]!["containers"]![0]!;
        Assert.Equal(["web", "main"], pod["spec"]!["containers"]!.AsArray().Select(static one => (string?)one!["name"]));
        Assert.Equal("demo/web:1", (string?)main["image"]);
        Assert.Equal("Always", (string?)main["imagePullPolicy"]);
        // A variable of the same name stands once, as the manifest has it.
        Assert.Equal("metadata.name", (string?)main["env"]!.AsArray().Single(static one => (string?)one!["name"] == "REVISION")!["valueFrom"]!["fieldRef"]!["fieldPath"]);
        Assert.Contains(main["env"]!.AsArray(), static one => (string?)one!["name"] == "PORT");
        Assert.Equal("http", (string?)main["ports"]![0]!["name"]);
        Assert.Equal("ssd", (string?)pod["spec"]!["nodeSelector"]!["disktype"]);
        Assert.Equal(["example.com/held"], pod["metadata"]!["finalizers"]!.AsArray().Select(static one => (string?)one));
        Assert.Equal("on", (string?)pod["metadata"]!["labels"]!["mesh"]);
        Assert.Equal(KubernetesRig.Names.Owner(), (string?)pod["metadata"]!["labels"]![KubernetesLabels.Owner]);
        Assert.Equal("Failed", (string?)made["spec"]!["podReplacementPolicy"]);
    }

    [Fact]
    public void Lay_AWayToProbe_StandsInPlaceOfTheOneThatStoodInForIt()
    {
        Assignment order = Carrying(("container.readinessProbe.grpc.port", "8080"));
        JsonObject made = Make(order with { Template = order.Template with { HealthCheck = new HealthCheck { Tcp = new TcpCheck { Port = "http" }, IntervalSeconds = 7 } } }, out _)!;
        JsonObject probe = made["spec"]!["template"]!["spec"]!["containers"]![0]!["readinessProbe"]!.AsObject();
        Assert.Equal(8080, (int)probe["grpc"]!["port"]!);
        Assert.Null(probe["tcpSocket"]);
        Assert.Equal(7, (int)probe["periodSeconds"]!);
    }

    [Fact]
    public void Lay_AnAccount_HasItsTokenUnlessTheManifestSaysOtherwise()
    {
        Assert.Null(Made(("pod.spec.serviceAccountName", "\"robot\""))["spec"]!["template"]!["spec"]!["automountServiceAccountToken"]);
        Assert.False((bool)Made(("pod.spec.serviceAccountName", "\"robot\""), ("pod.spec.automountServiceAccountToken", "false"))["spec"]!["template"]!["spec"]!["automountServiceAccountToken"]!);
        Assert.False((bool)Made()["spec"]!["template"]!["spec"]!["automountServiceAccountToken"]!);
    }

    [Fact]
    public void Make_WhatAContainerNeeds_StandsWhereKubernetesHasIt()
    {
        Assignment order = KubernetesRig.Order(1);
        order = order with
        {
            Template = order.Template with
            {
                Annotations = new Dictionary<string, string> { ["restarted-at"] = "now", ["not a key"] = "x" },
                Ports = [new PortTemplate { Name = "http", ContainerPort = 8080, PublishedPort = 80, Publish = PublishMode.Host, PublishedAddress = "10.0.0.1" }, new PortTemplate { Name = "a-name-that-is-too-long", ContainerPort = 53, Protocol = PortProtocol.Udp }],
                Container = new ContainerTemplate
                {
                    User = "1000:2000",
                    Groups = ["3000"],
                    ReadOnly = true,
                    Privileged = true,
                    Terminal = true,
                    CapAdd = ["NET_ADMIN"],
                    CapDrop = ["CAP_CHOWN"],
                    Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "1024" },
                    SharedMemory = new(64L * 1024 * 1024),
                    Tmpfs = [new TmpfsMount { Path = "/tmp", Size = new MemoryBytes(1024 * 1024) }],
                    Scratch = ["/cache"],
                    Binds = [new BindMount { Source = "/srv/data", Path = "/data", Create = true, Propagation = "rslave", ReadOnly = true }],
                    ExtraHosts = [new HostAddress { Host = "a", Address = "10.0.0.2" }, new HostAddress { Host = "b", Address = "10.0.0.2" }],
                    Dns = ["10.0.0.53"],
                    DnsOptions = ["ndots:2", "edns0"],
                    Namespaces = new Dictionary<string, string> { ["network"] = "host" },
                    Labels = new Dictionary<string, string> { ["app"] = "web", ["traefik.http.rule"] = "Host(`x`)", [KubernetesLabels.Owner] = "another" },
                    ServiceLabels = new Dictionary<string, string> { ["team"] = "one" },
                    Nodes = new NodePlacement { Constraints = ["node.labels.disk == ssd", "node.platform.arch != x86_64", "node.role == worker"], Spread = ["node.labels.zone"], MaxPerNode = 1 },
                },
            },
        };
        JsonObject made = Make(order, out string? refusal)!;
        Assert.Null(refusal);
        JsonNode pod = made["spec"]!["template"]!, spec = pod["spec"]!, main = spec["containers"]![0]!;
        Assert.Equal("""{"runAsUser":1000,"runAsGroup":2000,"readOnlyRootFilesystem":true,"privileged":true,"capabilities":{"add":["NET_ADMIN"],"drop":["CHOWN"]}}""", main["securityContext"]!.ToJsonString());
        Assert.Equal("""[{"containerPort":8080,"protocol":"TCP","name":"http","hostPort":80,"hostIP":"10.0.0.1"},{"containerPort":53,"protocol":"UDP"}]""", main["ports"]!.ToJsonString());
        Assert.Equal("""{"supplementalGroups":[3000],"sysctls":[{"name":"net.core.somaxconn","value":"1024"}]}""", spec["securityContext"]!.ToJsonString());
        Assert.Equal("""[{"ip":"10.0.0.2","hostnames":["a","b"]}]""", spec["hostAliases"]!.ToJsonString());
        Assert.Equal("""{"nameservers":["10.0.0.53"],"options":[{"name":"ndots","value":"2"},{"name":"edns0"}]}""", spec["dnsConfig"]!.ToJsonString());
        Assert.Equal("None", (string?)spec["dnsPolicy"]);
        Assert.True((bool)spec["hostNetwork"]!);
        Assert.Equal(
            """[{"name":"federation-memory-0","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}},{"name":"federation-shm","emptyDir":{"medium":"Memory","sizeLimit":"64Mi"}},{"name":"federation-scratch-0","emptyDir":{}},{"name":"federation-bind-0","hostPath":{"path":"/srv/data","type":"DirectoryOrCreate"}}]""",
            spec["volumes"]!.ToJsonString());
        Assert.Equal("HostToContainer", (string?)main["volumeMounts"]![3]!["mountPropagation"]);
        Assert.Equal(
            """[{"key":"disk","operator":"In","values":["ssd"]},{"key":"kubernetes.io/arch","operator":"NotIn","values":["amd64"]},{"key":"node-role.kubernetes.io/control-plane","operator":"DoesNotExist"}]""",
            spec["affinity"]!["nodeAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]!["nodeSelectorTerms"]![0]!["matchExpressions"]!.ToJsonString());
        Assert.Equal("kubernetes.io/hostname", (string?)spec["affinity"]!["podAntiAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]![0]!["topologyKey"]);
        Assert.Equal("zone", (string?)spec["topologySpreadConstraints"]![0]!["topologyKey"]);
        // Labels that Kubernetes would refuse become annotations; ours stay ours.
        Assert.Equal("web", (string?)pod["metadata"]!["labels"]!["app"]);
        Assert.Equal("Host(`x`)", (string?)pod["metadata"]!["annotations"]!["traefik.http.rule"]);
        Assert.Equal(KubernetesRig.Names.Owner(), (string?)pod["metadata"]!["labels"]![KubernetesLabels.Owner]);
        Assert.Equal("now", (string?)pod["metadata"]!["annotations"]!["restarted-at"]);
        Assert.False(pod["metadata"]!["annotations"]!.AsObject().ContainsKey("not a key"));
        Assert.Equal("one", (string?)made["metadata"]!["labels"]!["team"]);
    }

    [Fact]
    public void Make_WhatKubernetesCannotDo_IsRefusedWithItsReason()
    {
        (ContainerTemplate Container, string Reason)[] refused =
        [
            (new ContainerTemplate { Groups = ["wheel"] }, "its group 'wheel' is a name, and Kubernetes takes numbers alone: write the group's id"),
            (new ContainerTemplate { Namespaces = new Dictionary<string, string> { ["uts"] = "host" } }, "it is to share the name space uts with host; Kubernetes shares network, pid and ipc with the host alone"),
            (new ContainerTemplate { ExtraHosts = [new HostAddress { Host = "me", Address = "host-gateway" }] }, "the name me is to lead to the machine that the replica is on, whose address a pod is not told"),
            (new ContainerTemplate { Tmpfs = [new TmpfsMount { Path = "/t", Options = ["noexec"] }] }, "the file system in memory at /t has the mount option noexec, and Kubernetes takes its size alone"),
            (new ContainerTemplate { Binds = [new BindMount { Source = "/s", Path = "/t", Recursive = "readonly" }] }, "the folder /s is to be seen at /t with recursive, which Kubernetes does not say to its nodes"),
            (new ContainerTemplate { Nodes = new NodePlacement { Constraints = ["node.id == abc"] } }, "the term 'node.id == abc' is about node.id, which Kubernetes does not know: node.labels.NAME, node.hostname, node.role and node.platform are"),
            (new ContainerTemplate { Nodes = new NodePlacement { MaxPerNode = 2 } }, "at most 2 replicas are to run on a node; Kubernetes can hold one, or any number"),
            (new ContainerTemplate { Kubernetes = new KubernetesFields { Kind = "Job" } }, "it is to be a Job, and it is started again after every end: that is not made here, Deployments and StatefulSets are"),
        ];
        foreach ((ContainerTemplate container, string reason) in refused)
        {
            Assignment order = KubernetesRig.Order(1);
            Assert.Null(Make(order with { Template = order.Template with { Container = container } }, out string? refusal));
            Assert.Equal(reason, refusal);
        }
    }

    [Fact]
    public async Task Order_WithCarriedFields_RunsWithTheServiceThePolicyAndTheSecretThatTheyName()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = Carrying(
            ("container.env", "[{\"name\":\"TOKEN\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"api\",\"key\":\"token\"}}},{\"name\":\"PULL\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"not-handed\",\"key\":\"x\",\"optional\":true}}}]"),
            ("services.front", "{\"metadata\":{\"labels\":{\"tier\":\"front\"},\"annotations\":{\"lb.example/kind\":\"nlb\"}},\"spec\":{\"type\":\"LoadBalancer\",\"clusterIP\":\"10.9.9.9\",\"externalIPs\":[\"192.0.2.1\"],\"ports\":[{\"port\":80,\"targetPort\":\"http\"}]}}"),
            ("policies.only-front", "{\"spec\":{\"podSelector\":{\"matchLabels\":{\"app\":\"x\"}},\"ingress\":[{\"from\":[{\"podSelector\":{\"matchLabels\":{\"app\":\"front\"}}}]}]}}"));
        order = order with { Template = order.Template with { Secrets = [new FileReference { Name = "api", Files = [] }] } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, [new SealedFiles("Secret", "api", 4, Encoding.UTF8.GetBytes("token=hunter2"))]));
        await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "front") is not null && rig.Cluster.Find("", "services", rig.Space, "web") is not null);
        JsonObject secret = Assert.Single(rig.Cluster.List("", "secrets", rig.Space));
        Assert.Equal("hunter2", Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["token"]!)));
        JsonNode[] variables = [.. rig.Deployment()!["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Where(static one => one!["valueFrom"]?["secretKeyRef"] is not null)!];
        Assert.Equal((string)secret["metadata"]!["name"]!, (string?)variables[0]["valueFrom"]!["secretKeyRef"]!["name"]);
        Assert.Equal("not-handed", (string?)variables[1]["valueFrom"]!["secretKeyRef"]!["name"]);
        JsonObject service = rig.Cluster.Find("", "services", rig.Space, "front")!;
        Assert.Equal("LoadBalancer", (string?)service["spec"]!["type"]);
        Assert.Equal("nlb", (string?)service["metadata"]!["annotations"]!["lb.example/kind"]);
        // Addresses are the cluster's, and its pods are told by our mark.
        Assert.NotEqual("10.9.9.9", (string?)service["spec"]!["clusterIP"]);
        Assert.Null(service["spec"]!["externalIPs"]);
        Assert.Equal("""{"service.federation/front":"yes"}""", service["spec"]!["selector"]!.ToJsonString());
        Assert.All(rig.Cluster.List("", "pods", rig.Space), static pod => Assert.Equal("yes", (string?)pod["metadata"]!["labels"]!["service.federation/front"]));
        JsonObject policy = Assert.Single(rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space));
        Assert.Equal(KubernetesRig.Names.Workload(order.Workload), (string?)policy["spec"]!["podSelector"]!["matchLabels"]![KubernetesLabels.Workload]);
        // It was there before anything could be reached, and all of it goes with what it is for.
        string[] made = [.. rig.Cluster.Calls.Where(static call => call is { Verb: "create" or "patch", Resource: "networkpolicies" or "deployments" }).Select(static call => call.Resource).Distinct()];
        Assert.Equal(["networkpolicies", "deployments"], made);
        await rig.UntilAsync(() => rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space).All(static one => one["metadata"]!["ownerReferences"] is not null));
        Assert.DoesNotContain("hunter2", rig.Said, StringComparison.Ordinal);
        await rig.ApplyAsync(1, 2);
        await rig.UntilAsync(() => rig.Cluster.List("", "services", rig.Space).Count == 0 && rig.Cluster.List("", "secrets", rig.Space).Count == 0 && rig.Cluster.List("networking.k8s.io", "networkpolicies", rig.Space).Count == 0);
    }

    [Fact]
    public async Task Service_OfSeveralWorkloads_LeadsToAllAndGoesWithTheLast()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment one = Carrying(("services.both", "{\"spec\":{\"ports\":[{\"port\":80}]}}"));
        Assignment two = one with { Id = new("api.uid.c"), Workload = new(new("acme"), "default", "api"), WorkloadUid = "uid-api", Replicas = 1 };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(one, []), new DesiredAssignment(two, []));
        await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 3);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "both")?["metadata"]!["ownerReferences"]!.AsArray().Count == 2);
        Assert.Equal(3, rig.Cluster.List("", "pods", rig.Space).Count(static pod => (string?)pod["metadata"]!["labels"]!["service.federation/both"] == "yes"));
        await rig.ApplyAsync(1, 2, new DesiredAssignment(two, []));
        await rig.SeeAsync(static set => set.Replicas.Count == 1);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "both")?["metadata"]!["ownerReferences"]!.AsArray().Count == 1);
        await rig.ApplyAsync(1, 3);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "both") is null);
    }

    [Fact]
    public async Task Service_ThatGetsAnAddress_IsMadeAnew()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        await rig.UntilAsync(() => (string?)rig.Cluster.Find("", "services", rig.Space, "web")?["spec"]!["clusterIP"] == "None");
        Assignment next = Carrying(("services.web", "{\"spec\":{\"type\":\"ClusterIP\",\"ports\":[{\"port\":80,\"targetPort\":8080}]}}"));
        await rig.ApplyAsync(1, 2, new DesiredAssignment(next with { Revision = new("r2"), Surge = 1 }, []));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web")?["spec"]!["clusterIP"] is { } address && (string?)address != "None");
        await rig.SeeAsync(static set => set.Replicas.Count == 2 && set.Replicas.All(static replica => replica.Revision.Value == "r2" && replica.State == ReplicaState.Ready));
    }

    private sealed class Nothing : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
