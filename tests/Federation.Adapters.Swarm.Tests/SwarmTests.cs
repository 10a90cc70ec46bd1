using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Adapters.Swarm.Observing;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>The adapter on a real swarm of two machines.</summary>
public sealed class SwarmTests(TwoMachines machines) : IClassFixture<TwoMachines>
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
        // Both machines count, and each runs some.
        using JsonDocument tasks = await bed.Manager.GetAsync("tasks?filters=%7B%22desired-state%22%3A%5B%22running%22%5D%7D");
        Assert.Equal(2, tasks.RootElement.EnumerateArray().Select(static task => task.GetProperty("NodeID").GetString()).Distinct().Count());
        Assert.Equal(Environment.ProcessorCount * 2 * 1000, seen.Nodes[0].Allocatable.Cpu.Value);
    }

    [Fact]
    public async Task Drift_IsRepaired_AndWhatIsNotOursStaysAsItIs()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        string foreign = JsonNode.Parse(await bed.Manager.SendAsync(HttpMethod.Post, "services/create", new
        {
            Name = "theirs",
            Labels = new Dictionary<string, string> { ["federation.plane"] = "another", ["federation.cluster"] = rig.Cluster },
            TaskTemplate = new { ContainerSpec = new { DockerEngine.Image, Command = (string[])["/bin/sleep", "600"] }, Resources = new { Reservations = new { MemoryBytes = 100 << 20 } } },
            Mode = new { Replicated = new { Replicas = 1 } },
        }))!["ID"]!.GetValue<string>();
        await rig.ApplyAsync(rig.Order("web", 2));
        await rig.SeeReadyAsync(2);
        JsonElement before = (await rig.ServicesAsync()).Single(service => service.GetProperty("ID").GetString() != foreign);
        JsonNode spec = JsonNode.Parse(before.GetProperty("Spec").GetRawText())!;
        spec["TaskTemplate"]!["ContainerSpec"]!["Env"]!.AsArray().Add("INTRUDER=1");
        spec["Labels"]!["someone.else"] = "kept";
        spec["Mode"]!["Replicated"]!["Replicas"] = 4;
        await bed.Manager.SendAsync(HttpMethod.Post, $"services/{before.GetProperty("ID").GetString()}/update?version={before.GetProperty("Version").GetProperty("Index").GetInt64()}", spec);
        await SwarmRig.WaitAsync(async () =>
        {
            JsonElement now = (await rig.ServicesAsync()).Single(service => service.GetProperty("ID").GetString() != foreign).GetProperty("Spec");
            return now.GetProperty("Mode").GetProperty("Replicated").GetProperty("Replicas").GetInt32() == 2
                && !now.GetProperty("TaskTemplate").GetProperty("ContainerSpec").GetProperty("Env").EnumerateArray().Any(static one => one.GetString() == "INTRUDER=1")
                && now.GetProperty("Labels").GetProperty("someone.else").GetString() == "kept";
        }, "the service is as ordered, with the label of others");
        ClusterObservationSet seen = await rig.SeeReadyAsync(2);
        // What others reserve is not ours to give.
        Assert.True(seen.Nodes[0].Foreign.Memory.Value >= 100 << 20);
        JsonElement theirs = (await rig.ServicesAsync()).Single(service => service.GetProperty("ID").GetString() == foreign);
        Assert.False(theirs.TryGetProperty("PreviousSpec", out _));
        await bed.Manager.SendAsync(HttpMethod.Delete, $"services/{foreign}");
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
        await rig.ApplyAsync(new DesiredAssignment(rig.Order("web", 1, template), [PlainMaterial.Of("Secret", "password", 1, "first "), PlainMaterial.Of("Config", "settings", 1, "plain")]));
        Assert.Equal("first plain", await ReadAsync(rig, await rig.SeeReadyAsync(1)));
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
    public async Task Term_HigherInTheSwarm_StopsTheOlderWriter()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig newer = SwarmRig.Open(bed);
        SwarmRig older = SwarmRig.Open(bed, newer.Cluster);
        await older.ApplyAsync(3, new DesiredAssignment(older.Order("web", 1), []));
        await older.SeeReadyAsync(1);
        await newer.ApplyAsync(4, new DesiredAssignment(newer.Order("web", 2), []));
        await newer.SeeReadyAsync(2);
        // It still wants one, and does not scale down what the newer one ordered.
        await Assert.ThrowsAsync<StaleTermException>(() => older.ApplyAsync(3, new DesiredAssignment(older.Order("web", 1), [])));
        await older.LeaveAsync();
        await newer.SeeReadyAsync(2);
        // A third, with an empty disk, learns the term from the swarm before it takes orders.
        SwarmRig fresh = SwarmRig.Open(bed, newer.Cluster);
        await Assert.ThrowsAsync<StaleTermException>(() => fresh.ApplyAsync(3, []));
        await fresh.LeaveAsync();
        Assert.Single(await newer.ServicesAsync());
    }

    [Fact]
    public async Task Refusals_SayWhyInTheSwarmsOwnWords()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate huge = SwarmRig.Serving() with { Resources = new ResourceRequirements { Cpu = new(500_000) } };
        WorkloadTemplate absent = SwarmRig.Serving() with { Image = "no-such-image:9" };
        WorkloadTemplate crashing = SwarmRig.Serving() with { Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "exit 7"] }, Restart = new RestartPolicy { BackoffSeconds = 60 } };
        await rig.ApplyAsync(rig.Order("huge", 1, huge), rig.Order("absent", 1, absent), rig.Order("crashing", 1, crashing), rig.Order("volume", 1, SwarmRig.Serving() with { Volumes = [new VolumeReference { Name = "v" }] }));
        await rig.SeeAsync(static set =>
            set.Replicas.Any(static replica => replica.Workload.Name == "huge" && replica.Message?.Contains("no suitable node", StringComparison.Ordinal) == true)
            && set.Replicas.Any(static replica => replica.Workload.Name == "absent" && $"{replica.LastEnd}{replica.Message}".Contains("No such image: no-such-image:9", StringComparison.Ordinal))
            && set.Replicas.Any(static replica => replica is { Workload.Name: "crashing", State: ReplicaState.BackOff, LastEnd: "exit code 7" })
            && set.Replicas.Any(static replica => replica is { Workload.Name: "volume", State: ReplicaState.BackOff } && replica.Message!.Contains("volumes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Machine_ThatIsDrained_CountsNoLonger_AndItsTasksRunElsewhere()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        await rig.ApplyAsync(rig.Order("web", 2));
        long all = (await rig.SeeReadyAsync(2)).Nodes[0].Allocatable.Cpu.Value;
        await SetAvailabilityAsync(bed, "drain");
        try
        {
            ClusterObservationSet seen = await rig.SeeAsync(set => set.Nodes[0].Allocatable.Cpu.Value == all / 2 && set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2 && set.Replicas.Count == 2);
            string manager = bed.Manager.Machine!.Address;
            Assert.All(seen.Replicas, replica => Assert.Equal(manager, rig.Reconciler.FindRunning(replica.Id, "")!.At.Address.ToString()));
        }
        finally
        {
            await SetAvailabilityAsync(bed, "active");
        }
    }

    private static async Task SetAvailabilityAsync(SwarmBed bed, string availability)
    {
        using JsonDocument nodes = await bed.Manager.GetAsync("nodes");
        JsonElement worker = nodes.RootElement.EnumerateArray().Single(static node => node.GetProperty("Spec").GetProperty("Role").GetString() == "worker");
        JsonNode spec = JsonNode.Parse(worker.GetProperty("Spec").GetRawText())!;
        spec["Availability"] = availability;
        await bed.Manager.SendAsync(HttpMethod.Post, $"nodes/{worker.GetProperty("ID").GetString()}/update?version={worker.GetProperty("Version").GetProperty("Index").GetInt64()}", spec);
    }

    private static Task<string> ReadAsync(SwarmRig rig, ClusterObservationSet set) =>
        Http.GetStringAsync($"http://{rig.Reconciler.FindRunning(set.Replicas[0].Id, "")!.At}/", TestContext.Current.CancellationToken);
}
