using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;
using UserLimit = Federation.Engine.Containers.UserLimit;

namespace Federation.Adapters.Swarm.Tests;

public class ServiceFormTests
{
    private static readonly SwarmNames Names = new("plane", new("c"));

    [Fact]
    public void Make_Template_IsAService()
    {
        ServiceSpec spec = Make(new WorkloadTemplate
        {
            Image = "box:1",
            Container = new ContainerTemplate { Command = ["/bin/httpd", "-p", "$(PORT)"], Arguments = ["$$(PORT)"], User = "1000", StopSignal = "SIGQUIT", WorkingDirectory = "/srv" },
            Environment = new Dictionary<string, string> { ["URL"] = "http://x:$(PORT_ADMIN)/{{.Node.ID}}" },
            Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }, new PortTemplate { Name = "admin" }],
            Resources = new ResourceRequirements { Cpu = new(250), Memory = new(1 << 20), MemoryLimit = new(1 << 21) },
            HealthCheck = new HealthCheck { Exec = new ExecCheck { Command = ["/bin/true"] }, IntervalSeconds = 3 },
            Restart = new RestartPolicy { Condition = RestartCondition.OnFailure, BackoffSeconds = 7 },
            StopGraceSeconds = 4,
        });
        TaskContainerSpec container = spec.TaskTemplate.ContainerSpec!;
        Assert.Equal(["/bin/httpd", "-p", "8080"], container.Command);
        Assert.Equal(["$(PORT)"], container.Args);
        // What a user writes is not a template of Swarm's.
        Assert.Contains("URL=http://x:20001/{{\"{{\"}}.Node.ID}}", container.Env!);
        Assert.Contains("FEDERATION_REPLICA={{.Task.ID}}", container.Env!);
        Assert.Equal(("1000", "SIGQUIT", "/srv", 4_000_000_000L), (container.User, container.StopSignal, container.Dir, container.StopGracePeriod));
        Assert.Equal(["CMD", "/bin/true"], container.Healthcheck!.Test);
        Assert.Equal([(8080, "host"), (20001, "host")], spec.EndpointSpec!.Ports!.Select(static port => (port.TargetPort, port.PublishMode)));
        Assert.Equal((250_000_000L, 1L << 20, 1L << 21), (spec.TaskTemplate.Resources!.Reservations!.NanoCpus, spec.TaskTemplate.Resources.Reservations.MemoryBytes, spec.TaskTemplate.Resources.Limits!.MemoryBytes));
        Assert.Equal(("on-failure", 7_000_000_000L), (spec.TaskTemplate.RestartPolicy!.Condition, spec.TaskTemplate.RestartPolicy.Delay));
        Assert.Equal([("net", "web")], spec.TaskTemplate.Networks!.Select(static network => (network.Target, network.Aliases![0])));
        Assert.True(SwarmLabels.AreOurs(spec.Labels, "plane", new("c")));
        ReplicaForm form = ReplicaForm.Read(container.Labels);
        Assert.Equal([("http", 8080), ("admin", 20001)], form.Ports.Select(static port => (port.Name, port.Inside)));
        // What we make of it is no drift of itself, also as the swarm tells it again.
        Assert.Empty(SpecDrift.Between(spec.ToJson(), ServiceSpec.FromJson(spec.ToJson()).ToJson()));
    }

    [Theory]
    [InlineData(null, "the template has no image, and a swarm runs containers alone")]
    [InlineData("a b", "'a b' is no image reference: it is [registry/]name[:tag] or [registry/]name@sha256:…")]
    public void Make_WhatASwarmCannotRun_IsRefusedByItsRule(string? image, string rule)
    {
        Assert.Null(ServiceForm.TryMake("plane", Names, Order(new WorkloadTemplate { Image = image }), [], [], [], null, out string? refusal));
        Assert.Equal(rule, refusal);
    }

    [Fact]
    public void Make_WhatAStackSaysOfContainers_ReachesTheSwarm()
    {
        ServiceSpec spec = Make(Full);
        TaskContainerSpec container = spec.TaskTemplate.ContainerSpec!;
        Assert.Equal(["CAP_NET_ADMIN"], container.CapabilityAdd);
        Assert.Equal(["ALL"], container.CapabilityDrop);
        Assert.Equal(("node-1", true, true), (container.Hostname, container.Init, container.ReadOnly));
        Assert.Equal(["10.0.0.9 files"], container.Hosts);
        Assert.Equal("1", container.Sysctls!["net.ipv4.ip_unprivileged_port_start"]);
        Assert.Equal([new UserLimit("nofile", 100, 200)], container.Ulimits);
        Assert.Equal(["example.com"], container.Dns!.Search);
        Assert.Equal(["volume", "volume", "tmpfs", "volume"], container.Mounts!.Select(static mount => mount.Type));
        Assert.Equal((Names.Volume(new("acme"), "default", "data"), "/data", (string?)null), (container.Mounts![0].Source, container.Mounts[0].Target, container.Mounts[3].Source));
        Assert.Equal((container.Mounts[0].Source, "/shown", true), (container.Mounts[1].Source, container.Mounts[1].Target, container.Mounts[1].ReadOnly));
        Assert.Equal(new TaskTmpfsOptions(1 << 20, 0x3FF), container.Mounts[2].TmpfsOptions);
        Assert.Contains("FEDERATION_VOLUME_DATA=/data", container.Env!);
        Assert.Equal(["node.role==manager", "node.id==m1"], spec.TaskTemplate.Placement!.Constraints);
        Assert.Equal((2UL, "node.labels.zone"), (spec.TaskTemplate.Placement.MaxReplicas, spec.TaskTemplate.Placement.Preferences![0].Spread!.SpreadDescriptor));
        Assert.Equal(50, spec.TaskTemplate.Resources!.Limits!.Pids);
        Assert.Equal(("json-file", "1m"), (spec.TaskTemplate.LogDriver!.Name, spec.TaskTemplate.LogDriver.Options!["max-size"]));
        Assert.Equal((3UL, 60_000_000_000L), (spec.TaskTemplate.RestartPolicy!.MaxAttempts, spec.TaskTemplate.RestartPolicy.Window));
        // A user's labels are there, and take no mark's place.
        Assert.Equal(("blue", "plane"), (spec.Labels!["team"], spec.Labels["federation.plane"]));
        Assert.Equal(8443, spec.EndpointSpec!.Ports![0].PublishedPort);
    }

    [Fact]
    public void Make_PortsForDatagrams_AreOpenedWhereTheyArePublishedAndNeverAsked()
    {
        var template = new WorkloadTemplate
        {
            Image = "box:1",
            Ports =
            [
                new PortTemplate { Name = "stats", ContainerPort = 8125, Protocol = PortProtocol.Udp, PublishedPort = 8125, Publish = PublishMode.Host },
                new PortTemplate { Name = "dns", ContainerPort = 53, Protocol = PortProtocol.Tcp },
                new PortTemplate { Name = "dns-udp", ContainerPort = 53, Protocol = PortProtocol.Udp },
                new PortTemplate { Name = "log", ContainerPort = 514, Protocol = PortProtocol.Udp, PublishedPort = 514 },
            ],
        };
        Assert.Equal([("udp", 8125, 8125), ("tcp", 53, (int?)null)], Make(template).EndpointSpec!.Ports!.Select(static port => (port.Protocol, port.TargetPort, port.PublishedPort)));
        Assert.Equal(["dns"], ReplicaForm.Of(template).Ports.Select(static port => port.Name));
    }

    [Theory]
    [InlineData("no-new-privileges", true)]
    [InlineData("no-new-privileges:true", true)]
    [InlineData(null, false)]
    public void Make_NoNewPrivileges_IsSaidToTheSwarmAndCompared(string? option, bool said)
    {
        ServiceSpec spec = Make(new WorkloadTemplate { Image = "box:1", Container = new ContainerTemplate { SecurityOptions = option is null ? null : [option], CapDrop = ["all"], CapAdd = ["cap_net_bind_service"] } });
        Assert.Equal(said ? true : null, spec.TaskTemplate.ContainerSpec!.Privileges?.NoNewPrivileges);
        Assert.Equal(["ALL"], spec.TaskTemplate.ContainerSpec.CapabilityDrop);
        Assert.Equal(["CAP_NET_BIND_SERVICE"], spec.TaskTemplate.ContainerSpec.CapabilityAdd);
        // A swarm says it with words of its own beside it.
        System.Text.Json.Nodes.JsonObject live = spec.ToJson();
        live["TaskTemplate"]!["ContainerSpec"]!["Privileges"] = System.Text.Json.Nodes.JsonNode.Parse("""{"CredentialSpec":null,"NoNewPrivileges":true}""");
        Assert.Empty(SpecDrift.Between(spec.ToJson(), live));
        live["TaskTemplate"]!["ContainerSpec"]!["Privileges"]!["NoNewPrivileges"] = false;
        Assert.Equal(said ? ["TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges"] : Array.Empty<string>(), SpecDrift.Between(spec.ToJson(), live));
    }

    [Theory]
    [InlineData("26.1.5+dfsg1", 26)]
    [InlineData("25", 25)]
    [InlineData("20.10.24", 20)]
    [InlineData("dev", null)]
    [InlineData(null, null)]
    public void Engine_OfAMachine_TellsItsAge(string? version, int? major) => Assert.Equal(major, new SwarmNodeEngine(version).Major);

    [Fact]
    public void Make_MountsThatASwarmCannotSay_AreRefusedByTheirRule()
    {
        var tmpfs = new ContainerTemplate { Tmpfs = [new TmpfsMount { Path = "/tmp", Options = ["exec"] }] };
        Assert.Null(ServiceForm.TryMake("plane", Names, Order(new WorkloadTemplate { Image = "box", Container = tmpfs }), [], [], [], null, out string? refusal));
        Assert.Contains("/tmp has the mount option exec", refusal, StringComparison.Ordinal);
        var bind = new ContainerTemplate { Binds = [new BindMount { Source = "/srv", Path = "/srv", Recursive = "readonly" }] };
        Assert.Null(ServiceForm.TryMake("plane", Names, Order(new WorkloadTemplate { Image = "box", Container = bind }), [], [], [], null, out refusal));
        Assert.Contains("with recursive", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node.role == manager", true)]
    [InlineData("node.role!=manager", false)]
    [InlineData("node.labels.disk==ssd", true)]
    [InlineData("node.labels.disk!=ssd", false)]
    [InlineData("node.labels.zone==a", false)]
    [InlineData("node.hostname==Alpha", true)]
    [InlineData("engine.labels.gpu==yes", true)]
    [InlineData("engine.labels.gpu!=yes", false)]
    [InlineData("engine.labels.other==x", false)]
    [InlineData("node.platform.os==linux", true)]
    [InlineData("node.platform.arch==aarch64", false)]
    [InlineData("node.ip==10.0.0.0/8", true)]
    public void Meet_Terms_AsASwarmReadsThem(string term, bool met)
    {
        var machine = new SwarmNode { Id = "m1", Spec = new SwarmNodeSpec { Role = "manager", Labels = new Dictionary<string, string> { ["disk"] = "ssd" } }, Description = new SwarmNodeDescription { Hostname = "alpha", Platform = new("x86_64", "linux"), Engine = new("28.0.0", new Dictionary<string, string> { ["gpu"] = "yes" }) } };
        Assert.Equal(met, MachineTerms.Meet(machine, [term]));
    }

    [Fact]
    public void Names_OfDifferentThings_Differ_AndFitASwarm()
    {
        string[] names =
        [
            Names.Service(new("a"), new("r1"), new(new("t"), "n", "w")),
            Names.Service(new("a"), new("r2"), new(new("t"), "n", "w")),
            new SwarmNames("other", new("c")).Service(new("a"), new("r1"), new(new("t"), "n", "w")),
            Names.Network(new("t"), "n"), Names.Network(new("t-n"), ""), Names.Ledger(),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
        string longest = Names.Service(new("a"), new("r1"), new(new("t"), new string('n', 60), new string('w', 60)));
        Assert.True(longest.Length <= 63, longest);
    }

    /// <summary>Most of what a stack file can say of a container.</summary>
    internal static WorkloadTemplate Full => new()
    {
        Image = "box:1",
        Container = new ContainerTemplate
        {
            CapAdd = ["net_admin"],
            CapDrop = ["ALL"],
            Hostname = "node-1",
            Init = true,
            ReadOnly = true,
            ExtraHosts = [new HostAddress { Host = "files", Address = "10.0.0.9" }],
            Sysctls = new Dictionary<string, string> { ["net.ipv4.ip_unprivileged_port_start"] = "1" },
            Ulimits = [new Ulimit { Name = "nofile", Soft = 100, Hard = 200 }],
            DnsSearch = ["example.com"],
            Tmpfs = [new TmpfsMount { Path = "/tmp", Size = new(1 << 20), Mode = "1777" }],
            Scratch = ["/scratch"],
            Nodes = new NodePlacement { Constraints = ["node.role==manager"], Spread = ["node.labels.zone"], MaxPerNode = 2 },
            PidsLimit = 50,
            Logging = new LogDriver { Driver = "json-file", Options = new Dictionary<string, string> { ["max-size"] = "1m" } },
            Labels = new Dictionary<string, string> { ["team"] = "blue" },
            ServiceLabels = new Dictionary<string, string> { ["team"] = "blue", ["federation.plane"] = "mine" },
        },
        Ports = [new PortTemplate { Name = "http", ContainerPort = 8080, PublishedPort = 8443, Publish = PublishMode.Host }],
        Volumes = [new VolumeReference { Name = "data", Path = "/data" }, new VolumeReference { Name = "data", Path = "/shown", ReadOnly = true }],
        Restart = new RestartPolicy { MaxAttempts = 3, WindowSeconds = 60 },
    };

    internal static ServiceSpec Make(WorkloadTemplate template)
    {
        ServiceSpec? spec = ServiceForm.TryMake("plane", Names, Order(template), [new TaskNetwork("net", ["web"])], [], [], template.Volumes is null ? null : "m1", out string? refusal);
        Assert.True(spec is not null, refusal);
        return spec;
    }

    private static Assignment Order(WorkloadTemplate template) => new()
    {
        Id = new("web.uid.c"),
        Workload = new(new("acme"), "default", "web"),
        WorkloadUid = "uid",
        Cluster = new("c"),
        Replicas = 1,
        Generation = 1,
        Revision = new("r1"),
        Template = template,
    };
}
