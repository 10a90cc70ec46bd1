using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Rendering;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Streams;
using Federation.Engine.Swarm;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>What a swarm runs is reached, and gets what it needs.</summary>
public sealed class SwarmTests(TwoMachines machines)
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Serve_EachReplica_AtItsOwnMachinesAddress_AndFoundByNameInItsNamespace()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        var caller = new WorkloadTemplate
        {
            Image = DockerEngine.Image,
            Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "until wget -q -O /www/seen http://api:8080/; do sleep 0.2; done; exec httpd -f -p $PORT -h /www"] },
            Ports = [new PortTemplate { Name = "http" }],
            DrainSeconds = 0,
            StopGraceSeconds = 1,
        };
        await rig.ApplyAsync(rig.Order("api", 2), rig.Order("web", 1, caller));
        ClusterObservationSet seen = await rig.SeeReadyAsync(3);
        foreach (ReplicaObservation replica in seen.Replicas.Where(static replica => replica.Workload.Name == "api"))
        {
            TaskEndpoint endpoint = rig.Reconciler.FindRunning(replica.Id, "http")!;
            Assert.Equal(replica.Ports[0].Port, endpoint.At.Port);
            Assert.Equal("ok\n", await Http.GetStringAsync($"http://{endpoint.At}/", TestContext.Current.CancellationToken));
        }
        Assert.Equal("ok\n", await Http.GetStringAsync($"http://{rig.Reconciler.FindRunning(seen.Replicas.Single(static replica => replica.Workload.Name == "web").Id, "")!.At}/seen", TestContext.Current.CancellationToken));
        // Both machines count, and each runs one of the two.
        Assert.Equal(2, seen.Replicas.Where(static replica => replica.Workload.Name == "api").Select(replica => rig.Reconciler.FindRunning(replica.Id, "")!.At.Address).Distinct().Count());
        Assert.Equal(Environment.ProcessorCount * 2 * 1000, seen.Nodes[0].Allocatable.Cpu.Value);
    }

    [Fact]
    public async Task Secret_NewVersion_ReachesNewTasksUnderANewName_AndTheOldOneGoes()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate template = SwarmRig.Serving() with
        {
            Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "cat /run/federation/secrets/password/value /etc/settings/value > /www/index.html; exec httpd -f -p $PORT -h /www"] },
            Secrets = [new FileReference { Name = "password" }],
            Configs = [new FileReference { Name = "settings", Path = "/etc/settings" }],
        };
        var first = new DesiredAssignment(rig.Order("web", 1, template), [PlainMaterial.Of("Secret", "password", 1, "first "), PlainMaterial.Of("Config", "settings", 1, "plain")]);
        await rig.ApplyAsync(first);
        Assert.Equal("first plain", await ReadAsync(rig, await rig.SeeReadyAsync(1)));
        await AssertIsAsRenderedAsync(rig, first);
        string old = Assert.Single(await rig.ServicesAsync("secrets")).GetProperty("Spec").GetProperty("Name").GetString()!;
        await rig.ApplyAsync(new DesiredAssignment(rig.Order("web", 1, template, "r2") with { Surge = 1 }, [PlainMaterial.Of("Secret", "password", 2, "second "), PlainMaterial.Of("Config", "settings", 1, "plain")]));
        await rig.SeeAsync(static set =>
        {
            Assert.Contains(set.Replicas, static replica => replica.State == ReplicaState.Ready);
            return set.Replicas is [{ State: ReplicaState.Ready, Revision.Value: "r2" }];
        });
        Assert.Equal("second plain", await ReadAsync(rig, rig.Reconciler.Current));
        await SwarmRig.WaitAsync(async () => await rig.ServicesAsync("secrets") is [var left] && left.GetProperty("Spec").GetProperty("Name").GetString() != old, "the old secret is gone");
    }

    [Fact]
    public async Task Volume_StaysOnItsMachine_WithWhatWasWritten_AndNothingOfTheServiceLooksChanged()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed, machineRights: true);
        WorkloadTemplate template = ServiceFormTests.Full with
        {
            Image = DockerEngine.Image,
            Container = ServiceFormTests.Full.Container! with
            {
                Command = ["/bin/sh", "-c", "echo $TEXT >> /data/index.html; exec httpd -f -p $PORT -h /data"],
                // An older engine says nothing of it again.
                Binds = [new BindMount { Source = "/tmp", Path = "/folder", ReadOnly = true, Create = true }],
            },
            Environment = new Dictionary<string, string> { ["TEXT"] = "one" },
            HealthCheck = new HealthCheck { Http = new HttpCheck(), IntervalSeconds = 1 },
            DrainSeconds = 0,
            StopGraceSeconds = 1,
        };
        await rig.ApplyAsync(rig.Order("db", 1, template));
        ClusterObservationSet seen = await rig.SeeReadyAsync(1);
        Assert.Equal("one\n", await ReadAsync(rig, seen));
        System.Net.IPEndPoint at = rig.Reconciler.FindRunning(seen.Replicas[0].Id, "")!.At;
        Assert.Equal((bed.Manager.Machine!.Address, 8443), (at.Address.ToString(), at.Port));
        // The port and the volume allow no two at once.
        await rig.ApplyAsync(rig.Order("db", 1, template with { Environment = new Dictionary<string, string> { ["TEXT"] = "two" } }, "r2") with { MayBeUnavailable = 1 });
        Assert.Equal("one\ntwo\n", await ReadAsync(rig, await rig.SeeReadyAsync(1, "r2")));
        Assert.False((await rig.ServicesAsync()).Single().TryGetProperty("PreviousSpec", out _));
    }

    [Fact]
    public async Task Terminal_OfATask_TellsItsOutput()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate plain = SwarmRig.Serving();
        WorkloadTemplate template = plain with { Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "echo one; echo two >&2; exec httpd -f -p $PORT -h /www"], Terminal = true } };
        await rig.ApplyAsync(rig.Order("tty", 1, template), rig.Order("web", 1, plain));
        ClusterObservationSet seen = await rig.SeeReadyAsync(2);
        ReplicaId replica = seen.Replicas.Single(static replica => replica.Workload.Name == "tty").Id;
        Assert.Equal([replica], seen.Replicas.Select(static replica => replica.Id).Where(rig.Reconciler.HasTerminal));
        using var manager = new EngineClient(bed.Manager.Reach(EngineWay.Socket), TimeProvider.System);
        var text = new StringBuilder();
        await foreach (OutputPiece piece in manager.TaskLogsAsync(replica.Value, new LogRequest(), tty: true, TestContext.Current.CancellationToken)) text.Append(Encoding.UTF8.GetString(piece.Content.Span));
        Assert.Equal("one\r\ntwo\r\n", text.ToString());
    }

    private static Task<string> ReadAsync(SwarmRig rig, ClusterObservationSet set) =>
        Http.GetStringAsync($"http://{rig.Reconciler.FindRunning(set.Replicas[0].Id, "")!.At}/", TestContext.Current.CancellationToken);

    // What is rendered of an order is what the swarm was asked for, with names where it has ids of its own, and a mask where a secret is.
    private static async Task AssertIsAsRenderedAsync(SwarmRig rig, DesiredAssignment desired)
    {
        OrderRendering rendering = SwarmRendering.Of("plane-1", new WorkloadSpec { Template = desired.Assignment.Template, Replicas = desired.Assignment.Replicas }, desired, rig.Material);
        Assert.Equal(["POST /networks/create", "POST /configs/create", "POST /secrets/create", "POST /services/create"], rendering.Requests.Select(static request => request.Request));
        foreach ((int index, string kind) in ((int, string)[])[(1, "configs"), (2, "secrets")])
            Assert.Contains(await rig.ServicesAsync(kind), file => file.GetProperty("Spec").GetProperty("Name").GetString() == (string?)rendering.Requests[index].Body["Name"]);
        Assert.Equal(OrderRendering.Mask, (string?)rendering.Requests[2].Body["Data"]);
        JsonObject wanted = rendering.Requests[3].Body, live = JsonNode.Parse(Assert.Single(await rig.ServicesAsync()).GetProperty("Spec").GetRawText())!.AsObject();
        JsonNode asked = wanted["TaskTemplate"]!, held = live["TaskTemplate"]!;
        asked["ContainerSpec"]!["Configs"]![0]!["ConfigID"] = held["ContainerSpec"]!["Configs"]![0]!["ConfigID"]!.DeepClone();
        asked["ContainerSpec"]!["Secrets"]![0]!["SecretID"] = held["ContainerSpec"]!["Secrets"]![0]!["SecretID"]!.DeepClone();
        asked["Networks"]![0]!["Target"] = held["Networks"]![0]!["Target"]!.DeepClone();
        Assert.Empty(SpecDrift.Between(wanted, ServiceSpec.FromJson(live).ToJson()));
    }
}
