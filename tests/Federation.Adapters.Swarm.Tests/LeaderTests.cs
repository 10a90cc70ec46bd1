using System.Globalization;
using System.Text.Json;
using Federation.Domain.Observation;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>A swarm of three managers whose leader dies. Its machines are many: others must not run meanwhile.</summary>
[Collection(nameof(LeaderTests))]
[CollectionDefinition(nameof(LeaderTests), DisableParallelization = true)]
public sealed class LeaderTests
{
    [Fact]
    public async Task Leader_ThatIsAskedAndDies_TheOthersAreAsked_AndOrdersGoOn()
    {
        Assert.SkipUnless(SwarmBed.Missing is null, SwarmBed.Missing ?? "");
        await using SwarmBed bed = await SwarmBed.StartAsync(3, managers: 3);
        // The way makes no difference to it, and one agent may go both.
        await using SwarmRig rig = SwarmRig.Open(bed, managers: [bed.Machines[0].Reach(EngineWay.Tcp), bed.Machines[1].Reach(EngineWay.Socket), bed.Machines[2].Reach(EngineWay.Tcp)]);
        await rig.ApplyAsync(rig.Order("web", 2));
        await rig.SeeReadyAsync(2);
        Assert.True(await LeadsAsync(bed.Manager));
        await bed.Manager.StopDaemonAsync(byForce: true);
        await rig.ApplyAsync(rig.Order("web", 2), rig.Order("api", 1));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { Workload.Name: "api", State: ReplicaState.Ready })
            && set.Replicas.Count(static replica => replica is { Workload.Name: "web", State: ReplicaState.Ready }) == 2);
        Assert.Null(rig.Reconciler.Silence);
        // What runs on the dead machine is not called ended: it may run on.
        Assert.All(seen.Replicas.Where(static replica => replica.State != ReplicaState.Ready), replica => Assert.True(replica.Running, string.Create(CultureInfo.InvariantCulture, $"{replica.Id} {replica.State}")));
        await bed.Manager.StartDaemonAsync();
        await rig.SeeReadyAsync(3);
    }

    private static async Task<bool> LeadsAsync(DockerEngine machine)
    {
        using JsonDocument info = await machine.GetAsync("info"), nodes = await machine.GetAsync("nodes");
        string own = info.RootElement.GetProperty("Swarm").GetProperty("NodeID").GetString()!;
        return nodes.RootElement.EnumerateArray().Any(node => node.GetProperty("ID").GetString() == own && node.TryGetProperty("ManagerStatus", out JsonElement status) && status.TryGetProperty("Leader", out JsonElement leads) && leads.GetBoolean());
    }
}
