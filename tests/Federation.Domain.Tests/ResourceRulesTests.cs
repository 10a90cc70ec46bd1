using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Domain.Tests;

public sealed class ResourceRulesTests
{
    private static readonly ResourceMetadata Named = new() { Name = "web" };

    private static string[] Paths(Resource resource) => [.. ResourceRules.Check(resource).Select(violation => violation.Path)];

    private static string[] OfTemplate(WorkloadTemplate template) =>
        Paths(new Workload { Metadata = Named, Spec = new() { Template = template with { Image = template.Image ?? "web:1" } } });

    private static string[] OfSpec(WorkloadSpec spec) => Paths(new Workload { Metadata = Named, Spec = spec with { Template = new() { Image = "web:1" } } });

    [Fact]
    public void Template_ThatEndsAndDoesNot_IsRefusedWhereItSaysSo()
    {
        WorkloadTemplate ends = new() { Restart = new() { Condition = RestartCondition.OnFailure } };
        Assert.Empty(OfTemplate(ends with { Container = new() { Mode = ContainerMode.ReplicatedJob } }));
        Assert.Empty(OfTemplate(ends with { Container = new() { Kubernetes = new() { Kind = "Job" } } }));
        Assert.Equal(["spec.template.restart.condition"], OfTemplate(new() { Container = new() { Mode = ContainerMode.ReplicatedJob } }));
        Assert.Equal(["spec.template.restart.condition"], OfTemplate(new() { Container = new() { Kubernetes = new() { Kind = "CronJob" } } }));
        Assert.Equal(["spec.template.container.kubernetes.kind"], OfTemplate(ends with { Container = new() { Kubernetes = new() { Kind = "StatefulSet" } } }));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("nginx:1.27-alpine")]
    [InlineData("library/nginx:latest")]
    [InlineData("localhost:5000/team/my_app__x:V1_2.3")]
    [InlineData("Registry.Example.com:5000/a/b-c/d.e")]
    [InlineData("[fd00::1]:5000/app:1")]
    [InlineData("k8s.gcr.io/pause:3.9@sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097")]
    [InlineData("sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097")]
    public void Image_AsEnginesReadIt_IsTaken(string image) => Assert.Empty(OfTemplate(new() { Image = image }));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("Nginx:1", "capital")]
    [InlineData("registry.example.com/Team/app", "capital")]
    [InlineData("''")]
    [InlineData("nginx:", "tag")]
    [InlineData("nginx:1:2")]
    [InlineData("nginx:-1", "tag")]
    [InlineData("nginx:$TAG", "tag")]
    [InlineData("nginx@1.27", "digest")]
    [InlineData("/nginx")]
    [InlineData("team//app")]
    [InlineData("https://registry.example.com/app")]
    public void Image_ThatNoMachineCouldFetch_IsRefused(string image, string told = "image")
    {
        RuleViolation violation = Assert.Single(ResourceRules.Check(new Workload { Metadata = Named, Spec = new() { Template = new() { Image = image } } }));
        Assert.Equal("spec.template.image", violation.Path);
        Assert.Contains(told, violation.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void PullSecrets_AreNamesOfSecrets_EachOnce_OfWhatHasAnImage()
    {
        Assert.Empty(OfTemplate(new() { ImagePullSecrets = ["regcred", "other"] }));
        Assert.Equal(["spec.template.imagePullSecrets[1]"], OfTemplate(new() { ImagePullSecrets = ["regcred", "regcred"] }));
        Assert.Equal(["spec.template.imagePullSecrets[0]"], OfTemplate(new() { ImagePullSecrets = ["Reg/Cred"] }));
        Assert.Equal(["spec.template.imagePullSecrets"], Paths(new Workload { Metadata = Named, Spec = new() { Template = new() { Process = new() { Command = "web" }, ImagePullSecrets = ["regcred"] } } }));
    }

    [Fact]
    public void PullSecrets_ComeWithTheOrder_AndAreLaidNowhere()
    {
        WorkloadTemplate template = new() { Image = "web:1", ImagePullSecrets = ["regcred", "both"], Secrets = [new() { Name = "db" }, new() { Name = "both", Path = "/keys" }] };
        IReadOnlyList<FileReference> material = ImagePulls.MaterialOf(template)!;
        Assert.Equal([("db", false), ("both", false), ("regcred", true)], material.Select(one => (one.Name, ImagePulls.IsForImage(template, one))));
        // What is resolved already is not added to.
        Assert.Equal(material, ImagePulls.MaterialOf(template with { Secrets = material }));
        Assert.Null(ImagePulls.MaterialOf(new() { Image = "web:1" }));
    }

    [Fact]
    public void OneOnEachMachine_HasNoNumber_AndNoOtherWayToBeDivided()
    {
        string[] Of(WorkloadSpec spec) => Paths(new Workload { Metadata = Named, Spec = spec with { Template = new() { Image = "web:1", Container = new() { Mode = ContainerMode.Global } } } });
        Assert.Empty(Of(new()));
        Assert.Empty(Of(new() { Replicas = 0, Placement = new() { Affinity = [new() { Key = "region", Operator = LabelOperator.Exists }] } }));
        Assert.Equal(["spec.replicas"], Of(new() { Replicas = 2 }));
        Assert.Equal(["spec.singleton"], Of(new() { Singleton = true }));
        Assert.Equal(["spec.pins"], Of(new() { Pins = [new() { Cluster = "eu", AtLeast = 1 }] }));
        Assert.Equal(["spec.placement.spread"], Of(new() { Placement = new() { Spread = [new() { Label = "region", Min = 2 }] } }));
    }

    [Fact]
    public void Needs_OfAContainer_EachNameTheFieldThatAsksForIt() => Assert.Equal(ContainerNeeds.All.Select(static need => need.Capability).Order(), ContainerNeeds.Fields.Keys.Order());

    private static string[] OfPolicy(PlacementPolicySpec spec) => Paths(new PlacementPolicy { Metadata = Named, Spec = spec });

    private static string[] OfCluster(params FailureDomain[] domains) => Paths(new Cluster { Metadata = new() { Name = "eu" }, Spec = new() { FailureDomains = domains } });

    private static string[] OfRoute(string host, string path = "/") => Paths(new Route { Metadata = Named, Spec = new() { Host = host, Path = path, Workload = "web" } });

    private static string[] OfConfig(Dictionary<string, string>? data, Dictionary<string, string>? binary = null) =>
        Paths(new Config { Metadata = Named, Spec = new() { Data = data, BinaryData = binary } });

    [Fact]
    public void Check_PlainResourceOfEveryKind_IsValid()
    {
        Assert.Empty(OfTemplate(new()));
        Assert.Empty(OfPolicy(new()));
        Assert.Empty(OfRoute("web.localhost"));
        Assert.Empty(OfConfig(null));
        Assert.Empty(Paths(new Secret { Metadata = Named, Spec = new() { Data = new Dictionary<string, string> { ["a"] = "b" } } }));
        Assert.Empty(Paths(new Volume { Metadata = Named }));
        Assert.Empty(Paths(new Cluster { Metadata = Named }));
        Assert.Empty(Paths(new Namespace { Metadata = Named }));
    }

    [Fact]
    public void Check_Container_FollowsTheRulesOfItsParts()
    {
        Assert.Empty(OfTemplate(new()
        {
            Container = new()
            {
                Tmpfs = [new() { Path = "/tmp", Mode = "1777" }],
                Binds = [new() { Source = "/var/run/docker.sock", Path = "/var/run/docker.sock" }],
                Ulimits = [new() { Name = "nofile", Soft = 1024, Hard = -1 }],
                ExtraHosts = [new() { Host = "db", Address = "10.0.0.1" }, new() { Host = "me", Address = "host-gateway" }],
                Namespaces = new Dictionary<string, string> { ["network"] = "host" },
            },
            Ports = [new() { Name = "dns", ContainerPort = 53, Protocol = PortProtocol.Tcp }, new() { Name = "dns-udp", ContainerPort = 53, Protocol = PortProtocol.Udp }],
            Secrets = [new() { Name = "a", Files = [new() { Path = "/run/secrets/a", Mode = "0400", User = "103" }] }, new() { Name = "b", Files = [new() { Path = "/run/secrets/b" }] }],
        }));
        Assert.Equal(
            ["spec.template.container.tmpfs[0].mode", "spec.template.container.binds[0].path", "spec.template.container.binds[0].source", "spec.template.container.ulimits[0].soft",
                "spec.template.container.extraHosts[0].address", "spec.template.container.namespaces.net", "spec.template.container.endpointMode",
                "spec.template.ports[1].publishedPort", "spec.template.secrets[0].files[1].path", "spec.template.secrets[0].files[1].user"],
            OfTemplate(new()
            {
                Container = new()
                {
                    Tmpfs = [new() { Path = "/tmp", Mode = "rwx" }],
                    Binds = [new() { Source = "data", Path = "/tmp/" }],
                    Ulimits = [new() { Name = "nofile", Soft = 2, Hard = 1 }],
                    ExtraHosts = [new() { Host = "db", Address = "nowhere" }],
                    Namespaces = new Dictionary<string, string> { ["net"] = "host" },
                    EndpointMode = "nat",
                },
                Ports = [new() { Name = "a", PublishedPort = 80 }, new() { Name = "b", PublishedPort = 80 }],
                Secrets = [new() { Name = "a", Files = [new() { Path = "/run/secrets/a" }, new() { Path = "/run/secrets/a", User = "root" }] }],
            }));
    }

    [Theory]
    [InlineData(null, "spec.template.healthCheck.tcp")] // none that takes connections
    [InlineData("stats", "spec.template.healthCheck.tcp.port")]
    public void Check_HealthCheckOfAPortForDatagrams_IsRefused(string? port, string path)
    {
        PortTemplate[] ports = [new() { Name = "stats", Protocol = PortProtocol.Udp }, .. port is null ? Array.Empty<PortTemplate>() : [new() { Name = "http" }]];
        Assert.Equal([path], OfTemplate(new() { Ports = ports, HealthCheck = new HealthCheck { Tcp = new TcpCheck { Port = port } } }));
    }

    [Fact]
    public void Check_Metadata_FollowsTheRulesOfNamesAndLabels()
    {
        Assert.Equal(
            ["metadata.name", "metadata.labels.-a", "metadata.labels.b", "metadata.labels[\"federation/cluster\"]", "metadata.annotations[\"x y\"]"],
            Paths(new PlacementPolicy
            {
                Metadata = new()
                {
                    Name = "Web",
                    Labels = new Dictionary<string, string> { ["-a"] = "", ["b"] = "b c", ["federation/cluster"] = "x", ["example.com/ok"] = "1.0_x" },
                    Annotations = new Dictionary<string, string> { ["x y"] = "", ["free"] = "any text: at all" },
                },
            }));
        Assert.Equal(["metadata.namespace"], Paths(new Cluster { Metadata = new() { Name = "eu", Namespace = "default" } }));
        Assert.Equal(["metadata.annotations"], Paths(new Cluster { Metadata = new() { Name = "eu", Annotations = new Dictionary<string, string> { ["a"] = new('x', 300 << 10) } } }));
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData(0, true, false)]
    [InlineData(1, true, false)]
    [InlineData(2, true, true)]
    [InlineData(100_000, false, false)]
    [InlineData(100_001, false, true)]
    [InlineData(-1, false, true)]
    public void Check_Replicas_StayInTheirLimits(int? replicas, bool singleton, bool refused) =>
        Assert.Equal(refused ? ["spec.replicas"] : [], OfSpec(new() { Replicas = replicas, Singleton = singleton }));

    [Fact]
    public void Check_Spec_RefusesWhatExcludesEachOther()
    {
        Assert.Equal(["spec.update"], OfSpec(new() { Update = new() { MaxSurge = 0, MaxUnavailable = 0 } }));
        Assert.Equal(["spec.placement"], OfSpec(new() { PlacementPolicy = "shop", Placement = new() }));
        Assert.Equal(["spec.placement.division.strategy"], OfSpec(new() { Singleton = true, Placement = new() { Division = new() { Strategy = DivisionStrategy.Duplicated } } }));
        Assert.Equal(["spec.template"], Paths(new Workload { Metadata = Named }));
    }

    [Fact]
    public void Check_HealthCheck_HasOneWayToAPortThatIsThere()
    {
        PortTemplate[] ports = [new() { Name = "http" }];
        Assert.Empty(OfTemplate(new() { Ports = ports, HealthCheck = new() { Http = new() { Port = "http" } } }));
        Assert.Empty(OfTemplate(new() { HealthCheck = new() { Exec = new() { Command = ["true"] } } }));
        Assert.Equal(["spec.template.healthCheck"], OfTemplate(new() { HealthCheck = new() }));
        Assert.Equal(["spec.template.healthCheck"], OfTemplate(new() { Ports = ports, HealthCheck = new() { Tcp = new(), Http = new() } }));
        Assert.Equal(["spec.template.healthCheck.tcp"], OfTemplate(new() { HealthCheck = new() { Tcp = new() } }));
        Assert.Equal(["spec.template.healthCheck.tcp.port"], OfTemplate(new() { Ports = ports, HealthCheck = new() { Tcp = new() { Port = "admin" } } }));
        Assert.Equal(["spec.template.healthCheck.http.path"], OfTemplate(new() { Ports = ports, HealthCheck = new() { Http = new() { Path = "healthz" } } }));
        Assert.Equal(["spec.template.healthCheck.exec.command"], OfTemplate(new() { HealthCheck = new() { Exec = new() { Command = [] } } }));
        Assert.Equal(["spec.template.healthCheck.intervalSeconds"], OfTemplate(new() { Ports = ports, HealthCheck = new() { Tcp = new(), IntervalSeconds = 0 } }));
    }

    [Theory]
    [InlineData("A_b.c-d", true)]
    [InlineData("discovery.type", true)]
    [InlineData("1A", false)]
    [InlineData("A=B", false)]
    [InlineData("A B", false)]
    [InlineData("", false)]
    [InlineData("Ä", false)]
    public void Check_VariableName_CanStandInAnEnvironment(string name, bool valid) =>
        Assert.Equal(valid, OfTemplate(new() { Environment = new Dictionary<string, string> { [name] = "" } }).Length == 0);

    [Theory]
    [InlineData("configs/a", true)]
    [InlineData("a/", true)]
    [InlineData("/etc", false)]
    [InlineData("../a", false)]
    [InlineData("a/../b", false)]
    [InlineData("a//b", false)]
    [InlineData("./a", false)]
    [InlineData("a\\b", false)]
    [InlineData("", false)]
    public void Check_FilePath_StaysInTheReplicasFolder(string path, bool valid) =>
        Assert.Equal(valid, OfTemplate(new() { Process = new() { Command = "web" }, Configs = [new() { Name = "c", Path = path }] }).Length == 0);

    [Theory]
    [InlineData("/etc/site", true)]
    [InlineData("/etc/site/", true)]
    [InlineData("/", false)]
    [InlineData("/etc/../site", false)]
    [InlineData("/etc//site", false)]
    [InlineData("../a", false)]
    public void Check_FilePathFromTheRoot_IsForTemplatesWithoutAProcess(string path, bool valid) =>
        Assert.Equal(valid, OfTemplate(new() { Configs = [new() { Name = "c", Path = path }] }).Length == 0);

    [Fact]
    public void Check_Container_NeedsAnImageAndFormsThatAnEngineTakes()
    {
        Assert.Empty(OfTemplate(new() { Container = new() { Command = ["/bin/web"], WorkingDirectory = "/srv", User = "web:1000", StopSignal = "SIGRTMIN+3" } }));
        Assert.Equal(
            ["spec.template.container.command", "spec.template.container.workingDirectory", "spec.template.container.user", "spec.template.container.stopSignal", "spec.template.container.environment[\"A B\"]"],
            OfTemplate(new() { Container = new() { Command = [], WorkingDirectory = "srv", User = "web:", StopSignal = "QUIT", Environment = new Dictionary<string, string> { ["A B"] = "" } } }));
        Assert.Contains("spec.template.container", Paths(new Workload { Metadata = Named, Spec = new() { Template = new() { Process = new() { Command = "web" }, Container = new() } } }));
    }

    [Fact]
    public void Check_FilesOfTwoReferences_DoNotMeet()
    {
        Assert.Empty(OfTemplate(new() { Configs = [new() { Name = "a" }, new() { Name = "a", Path = "other" }], Secrets = [new() { Name = "a" }] }));
        Assert.Equal(["spec.template.configs[1].path"], OfTemplate(new() { Configs = [new() { Name = "a" }, new() { Name = "b", Path = "configs/a/" }] }));
    }

    [Fact]
    public void Check_Limits_AreNotBelowTheirRequests()
    {
        Assert.Empty(OfTemplate(new() { Resources = new() { Cpu = new(100), CpuLimit = new CpuMillis(100) } }));
        Assert.Equal(
            ["spec.template.resources.cpuLimit", "spec.template.resources.memoryLimit"],
            OfTemplate(new() { Resources = new() { Cpu = new(100), CpuLimit = new CpuMillis(99), MemoryLimit = new MemoryBytes(0) } }));
        Assert.Equal(["spec.template.restart.maxBackoffSeconds"], OfTemplate(new() { Restart = new() { BackoffSeconds = 10, MaxBackoffSeconds = 5 } }));
    }

    [Fact]
    public void Check_NulCharacters_AreRefusedEverywhere()
    {
        Assert.Equal(["spec.template.process.arguments[0]"], OfTemplate(new() { Process = new() { Command = "x", Arguments = ["a\0b"] } }));
        Assert.Equal(["spec.template.environment.A"], OfTemplate(new() { Environment = new Dictionary<string, string> { ["A"] = "\0" } }));
    }

    [Fact]
    public void Check_Policy_FollowsTheRulesOfTerms()
    {
        LabelTerm region = new() { Key = "region", Values = ["eu"] };
        Assert.Empty(OfPolicy(new() { Affinity = [region, new() { Key = "gpu", Operator = LabelOperator.DoesNotExist }], Spread = [new() { Label = "federation/cluster", Min = 2, Max = 2 }] }));
        Assert.Equal(["spec.affinity[0].values"], OfPolicy(new() { Affinity = [region with { Values = [] }] }));
        Assert.Equal(["spec.affinity[0].values"], OfPolicy(new() { Affinity = [region with { Operator = LabelOperator.Exists }] }));
        Assert.Equal(["spec.preferred[0].weight"], OfPolicy(new() { Preferred = [new() { Term = region, Weight = 101 }] }));
        Assert.Equal(["spec.tolerations[0].value"], OfPolicy(new() { Tolerations = [new() { Value = "x" }] }));
        Assert.Equal(["spec.spread[0].max"], OfPolicy(new() { Spread = [new() { Label = "zone", Min = 3, Max = 2 }] }));
        Assert.Equal(["spec.spread[1].label"], OfPolicy(new() { Spread = [new() { Label = "zone" }, new() { Label = "zone" }] }));
        Assert.Equal(["spec.division.weights"], OfPolicy(new() { Division = new() { Strategy = DivisionStrategy.Weighted } }));
        Assert.Equal(["spec.division.weights"], OfPolicy(new() { Division = new() { Weights = [new() { Term = region }] } }));
        Assert.Empty(OfPolicy(new() { Survive = Survival.Region, Spread = [new() { Label = "region", Min = 2 }] }));
        Assert.Equal(["spec.survive"], OfPolicy(new() { Survive = Survival.Cluster, Division = new() { Strategy = DivisionStrategy.Duplicated } }));
        Assert.Equal(["spec.survive"], OfPolicy(new() { Survive = Survival.Cluster, Spread = [new() { Label = "region", Max = 2 }] }));
        Assert.Equal(["spec.survive"], OfPolicy(new() { Survive = Survival.Cluster, Failover = new() { Enabled = false } }));
        Assert.Equal(["spec.failover.tolerationSeconds"], OfPolicy(new() { Failover = new() { TolerationSeconds = -1 } }));
        Assert.Equal(["spec.failover.tolerationSeconds"], OfSpec(new() { Failover = new() { TolerationSeconds = 86401 } }));
    }

    [Fact]
    public void Check_FailureDomains_AreNamedOnceAndHoldSomething()
    {
        FailureDomain one = new() { Name = "up-1", Nodes = ["n1", "n2"] };
        Assert.Empty(OfCluster(one, new() { Name = "up-2", Nodes = ["n2"], Management = true }, new() { Name = "up-3", Management = true }));
        Assert.Equal(["spec.failureDomains[1].name"], OfCluster(one, one));
        Assert.Equal(["spec.failureDomains[0].name"], OfCluster(one with { Name = "Up 1" }));
        Assert.Equal(["spec.failureDomains[0].nodes"], OfCluster(one with { Nodes = null }));
        Assert.Equal(["spec.failureDomains[0].nodes[1]"], OfCluster(one with { Nodes = ["n1", "n1"] }));
        Assert.Equal(["spec.failureDomains[0].nodes[0]"], OfCluster(one with { Nodes = ["n_1"] }));
    }

    [Fact]
    public void Check_Adoptions_AreOfASwarm_AndNameEachServiceAndWorkloadOnce()
    {
        Adoption web = new() { Service = "shop_web", Workload = WorkloadKey.Parse("acme/shop/web"), Secrets = [new AdoptedFile { Name = "key", Target = "key", Mode = "400" }] };
        Adoption api = new() { Service = "shop_api", Workload = WorkloadKey.Parse("acme/shop/api") };
        Assert.Empty(Of(ClusterKind.Swarm, web, api));
        Assert.Equal(["spec.adoptions"], Of(ClusterKind.Kubernetes, web));
        Assert.Equal(["spec.adoptions[1].service"], Of(ClusterKind.Swarm, web, api with { Service = "shop_web" }));
        Assert.Equal(["spec.adoptions[1].workload"], Of(ClusterKind.Swarm, web, api with { Workload = web.Workload }));
        Assert.Equal(["spec.adoptions[0].configs[0].mode"], Of(ClusterKind.Swarm, api with { Configs = [new AdoptedFile { Name = "a", Target = "/a", Mode = "9" }] }));
        Assert.Equal(["spec.adoptions[0].volumes[0].name"], Of(ClusterKind.Swarm, api with { Volumes = [new AdoptedVolume { Name = "a_b", Source = "a_b" }] }));

        static string[] Of(ClusterKind kind, params Adoption[] adoptions) => Paths(new Cluster { Metadata = new() { Name = "north" }, Spec = new() { Kind = kind, Adoptions = adoptions } });
    }

    [Theory]
    [InlineData("web.localhost", true)]
    [InlineData("*.Example.com", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("localhost", true)]
    [InlineData("web.localhost:8080", false)]
    [InlineData("http://web.localhost", false)]
    [InlineData("web.localhost/a", false)]
    [InlineData("a.*.com", false)]
    [InlineData("*", false)]
    [InlineData("*.", false)]
    [InlineData(".com", false)]
    [InlineData("a..b", false)]
    [InlineData("-a.com", false)]
    [InlineData("a_b.com", false)]
    [InlineData("bücher.de", false)]
    [InlineData("", false)]
    [InlineData("[::1]", false)]
    public void Check_RouteHost_IsAHostName(string host, bool valid) => Assert.Equal(valid ? [] : ["spec.host"], OfRoute(host));

    [Theory]
    [InlineData("/", true)]
    [InlineData("/a/b-c~d/", true)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData("/a/../b", false)]
    [InlineData("/a/%2E%2e/b", false)]
    [InlineData("/./a", false)]
    [InlineData("//a", false)]
    [InlineData("/a?b", false)]
    [InlineData("/a#b", false)]
    [InlineData("/a b", false)]
    [InlineData("/a\\b", false)]
    [InlineData("/é", false)]
    public void Check_RoutePath_IsAPlainPrefix(string path, bool valid) => Assert.Equal(valid ? [] : ["spec.path"], OfRoute("web.localhost", path));

    [Theory]
    [InlineData("app.conf", true)]
    [InlineData(".env", true)]
    [InlineData("a b", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("..data", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\nb", false)]
    public void Check_MaterialKey_IsASafeFileName(string key, bool valid) => Assert.Equal(valid, OfConfig(new() { [key] = "" }).Length == 0);

    [Fact]
    public void Check_Material_IsLimitedAndDecodable()
    {
        Assert.Empty(OfConfig(new() { ["a"] = new('x', (1 << 20) - 1) }));
        Assert.Equal(["spec"], OfConfig(new() { ["a"] = new('x', 1 << 20) }));
        Assert.Equal(["spec"], OfConfig(null, new() { ["a"] = Convert.ToBase64String(new byte[1 << 20]) }));
        Assert.Equal(["spec.binaryData.a"], OfConfig(null, new() { ["a"] = "no base64!" }));
        Assert.Equal(["spec.binaryData.a"], OfConfig(new() { ["a"] = "" }, new() { ["a"] = "" }));
        Assert.Equal(["spec"], Paths(new Secret { Metadata = Named }));
        Assert.False(OfConfig(new() { [new('k', 256)] = "" }).Length == 0);
    }

    [Fact]
    public void Check_Secret_NeverTellsAValue()
    {
        var secret = new Secret { Metadata = Named, Spec = new() { Data = new Dictionary<string, string> { ["../x"] = "hunter2", ["n"] = "hunter2\0" }, BinaryData = new Dictionary<string, string> { ["y"] = "hunter2!" } } };
        IReadOnlyList<RuleViolation> violations = ResourceRules.Check(secret);
        Assert.Equal(3, violations.Count);
        Assert.DoesNotContain("hunter2", string.Join('\n', violations));
        Assert.DoesNotContain("hunter2", $"{secret} {secret.Spec}");
    }

    [Fact]
    public void Check_VolumeAndCluster_FollowTheirRules()
    {
        Assert.Equal(["spec.shared"], Paths(new Volume { Metadata = Named, Spec = new() { Shared = true, Cluster = "eu" } }));
        Assert.Equal(["spec.node"], Paths(new Volume { Metadata = Named, Spec = new() { Node = "n1" } }));
        Assert.Equal(["spec.taints[1]"], Paths(new Cluster { Metadata = Named, Spec = new() { Taints = [new() { Key = "a" }, new() { Key = "a" }, new() { Key = "a", Effect = TaintEffect.NoExecute }] } }));
        Assert.Equal(["spec.pricePerCoreHour"], Paths(new Cluster { Metadata = Named, Spec = new() { PricePerCoreHour = -1 } }));
    }

    [Fact]
    public void Volume_IsNamedOnceForEachPath_AndMadeAlikeWhereverItIsNamed()
    {
        string[] Of(params VolumeReference[] volumes) => OfTemplate(new() { Volumes = volumes });
        VolumeReference data = new() { Name = "data", Path = "/data" };
        Assert.Empty(Of(data, data with { Path = "/more", ReadOnly = true, SubPath = "part", NoCopy = true }, data with { Path = null }));
        Assert.Equal(["spec.template.volumes[1].path"], Of(data, data with { ReadOnly = true }));
        Assert.Equal(["spec.template.volumes[1].path"], Of(data, data with { Path = "/data/" }));
        Assert.Equal(["spec.template.volumes[1].path"], Of(data with { Path = null }, data with { Path = "/volumes/data" }));
        Assert.Equal(["spec.template.volumes[1].name"], Of(data, data with { Path = "/more", EngineName = "theirs" }));
        IReadOnlyDictionary<string, string> Options(string type) => new Dictionary<string, string> { ["type"] = type };
        Assert.Equal(["spec.template.volumes[1].name"], Of(data with { DriverOptions = Options("nfs") }, data with { Path = "/more", DriverOptions = Options("tmpfs") }));
        Assert.Empty(Of(data with { DriverOptions = Options("nfs") }, data with { Path = "/more", DriverOptions = Options("nfs") }));
    }
}
