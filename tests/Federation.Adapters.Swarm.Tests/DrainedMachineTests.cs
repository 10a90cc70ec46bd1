using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Observation;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>Machines that people take out. Others must not run meanwhile.</summary>
[Collection(nameof(DrainedMachineTests))]
[CollectionDefinition(nameof(DrainedMachineTests), DisableParallelization = true)]
public sealed class DrainedMachineTests(TwoMachines machines)
{
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
            string manager = bed.Manager.Machine!.Address;
            ClusterObservationSet seen = await rig.SeeAsync(set => set.Replicas is [{ State: ReplicaState.Ready }, { State: ReplicaState.Ready }]
                && set.Replicas.All(replica => rig.Reconciler.FindRunning(replica.Id, "")?.At.Address.ToString() == manager));
            Assert.Equal(all / 2, seen.Nodes[0].Allocatable.Cpu.Value);
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
}
