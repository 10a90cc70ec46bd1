using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>Networks that workloads name: made as they say, joined under the names that they say, and gone with the last that uses them.</summary>
public sealed class NetworkTests(TwoMachines machines)
{
    [Fact]
    public async Task Workloads_FindEachOtherInTheNetworksThatTheyShare_AndNowhereElse()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed, machineRights: true);
        string foreign = $"{rig.Cluster}-public";
        await bed.Manager.SendAsync(HttpMethod.Post, "networks/create", new { Name = foreign, Driver = "overlay" });
        NetworkAttachment back = new() { Name = "back", Internal = true, Attachable = true, Labels = new Dictionary<string, string> { ["team"] = "blue" }, Ranges = [new AddressRange { Subnet = "10.77.5.0/24", Pool = "10.77.5.128/25" }] };
        WorkloadTemplate database = In(back with { Aliases = ["store"] }), web = In(new NetworkAttachment { Name = "front" }, back, new NetworkAttachment { Name = foreign, External = true, Aliases = ["outside"] });
        await rig.ApplyAsync(rig.Order("db", 1, database), rig.Order("web", 1, web), rig.Order("other", 1, In()));
        ClusterObservationSet seen = await rig.SeeReadyAsync(3);
        // Where nothing leads out, the plane is not led in, and takes the swarm's word.
        Assert.Empty(seen.Replicas.Single(static replica => replica.Workload.Name == "db").Ports);
        Assert.NotEmpty(seen.Replicas.Single(static replica => replica.Workload.Name == "web").Ports);

        JsonNode[] ours = [.. (await rig.ServicesAsync("networks")).Select(static network => JsonNode.Parse(network.GetRawText())!)];
        JsonNode made = ours.Single(static network => network["Labels"]!["team"] is not null);
        Assert.Equal((2, true, true, "10.77.5.0/24"), (ours.Length, made["Internal"]!.GetValue<bool>(), made["Attachable"]!.GetValue<bool>(), made["IPAM"]!["Config"]![0]!["Subnet"]!.GetValue<string>()));
        // Machines tell each other of names a moment after a task runs.
        foreach ((string from, string host) in ((string, string)[])[("web", "store"), ("web", "db"), ("web", "other"), ("db", "web")])
            await SwarmRig.WaitAsync(() => AnswersAsync(rig, bed, from, host), $"{from} reaches {host}");
        foreach ((string from, string host) in ((string, string)[])[("db", "other"), ("other", "db"), ("other", "store")])
            Assert.False(await AnswersAsync(rig, bed, from, host), $"{from} to {host}");

        // Nothing that was made looks changed.
        await rig.ObeyAgainAsync();
        Assert.All(await rig.ServicesAsync(), static service => Assert.False(service.TryGetProperty("PreviousSpec", out _)));
        await rig.ApplyAsync(rig.Order("other", 1, In()));
        await SwarmRig.WaitAsync(async () => (await rig.ServicesAsync("networks")).Length == 1, "the network goes with the last that uses it");
        using System.Text.Json.JsonDocument kept = await bed.Manager.GetAsync($"networks/{foreign}");
    }

    [Fact]
    public async Task Network_ThatCannotBeAsAsked_KeepsItsWorkloadFromStarting_AndNoOther()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed, machineRights: true);
        Assignment open = rig.Order("open", 1, In(new NetworkAttachment { Name = "back", Ipv6 = false, DriverOptions = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "1400" } }));
        await rig.ApplyAsync(open);
        await rig.SeeReadyAsync(1);
        await rig.ApplyAsync(open,
            rig.Order("closed", 1, In(new NetworkAttachment { Name = "back", Internal = true })),
            rig.Order("nowhere", 1, In(new NetworkAttachment { Name = "nobody-made-it", External = true })),
            rig.Order("wrong", 1, In(new NetworkAttachment { Name = "wrong", Ranges = [new AddressRange { Subnet = "10.78.1.0/24", Gateway = "192.0.2.1" }] })),
            rig.Order("web", 1));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2 && set.Replicas.Count(static replica => replica.State == ReplicaState.BackOff) == 3);
        Assert.Contains("is not internal, other than this template says", Message("closed"), StringComparison.Ordinal);
        Assert.Contains("the swarm has no network nobody-made-it", Message("nowhere"), StringComparison.Ordinal);
        Assert.Contains("cannot be made", Message("wrong"), StringComparison.Ordinal);

        string Message(string workload) => seen.Replicas.Single(replica => replica.Workload.Name == workload).Message!;
    }

    private static WorkloadTemplate In(params NetworkAttachment[] networks) => SwarmRig.Serving() with { Container = SwarmRig.Serving().Container! with { Networks = networks, Nodes = new NodePlacement { Constraints = ["node.role==manager"] } } };

    // Asked from inside a task, by its own engine.
    private static async Task<bool> AnswersAsync(SwarmRig rig, SwarmBed bed, string from, string host)
    {
        ReplicaObservation replica = rig.Reconciler.Current.Replicas.Single(replica => replica.Workload.Name == from);
        string container = rig.Reconciler.PlaceOf(replica.Id)!.Container;
        foreach (DockerEngine machine in bed.Machines)
        {
            using System.Text.Json.JsonDocument running = await machine.GetAsync("containers/json");
            if (!running.RootElement.EnumerateArray().Any(one => one.GetProperty("Id").GetString() == container)) continue;
            string exec = JsonNode.Parse(await machine.SendAsync(HttpMethod.Post, $"containers/{container}/exec", new { Cmd = (string[])["wget", "-q", "-O", "-", $"http://{host}:8080/"] }))!["Id"]!.GetValue<string>();
            await machine.SendAsync(HttpMethod.Post, $"exec/{exec}/start", new { Detach = true });
            while (true)
            {
                using System.Text.Json.JsonDocument state = await machine.GetAsync($"exec/{exec}/json");
                if (!state.RootElement.GetProperty("Running").GetBoolean()) return state.RootElement.GetProperty("ExitCode").GetInt32() == 0;
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
        throw new InvalidOperationException($"no machine runs the task of {from}");
    }
}
