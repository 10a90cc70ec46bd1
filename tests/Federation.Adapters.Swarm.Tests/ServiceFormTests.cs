using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

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
        Assert.Null(ServiceForm.TryMake("plane", Names, Order(new WorkloadTemplate { Image = image }), "net", [], [], out string? refusal));
        Assert.Equal(rule, refusal);
    }

    [Fact]
    public void Make_WithAVolume_IsRefused()
    {
        Assert.Null(ServiceForm.TryMake("plane", Names, Order(new WorkloadTemplate { Image = "box", Volumes = [new VolumeReference { Name = "data" }] }), "net", [], [], out string? refusal));
        Assert.Contains("volumes", refusal, StringComparison.Ordinal);
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

    private static ServiceSpec Make(WorkloadTemplate template)
    {
        ServiceSpec? spec = ServiceForm.TryMake("plane", Names, Order(template), "net", [], [], out string? refusal);
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
