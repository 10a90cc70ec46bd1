using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
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

    [Fact]
    public async Task Order_OfOneTaskAMachine_CountsTheMachinesThatTakeIt_AndPutsEachTaskOnItsOwn()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        WorkloadTemplate each = SwarmRig.Serving() with { Container = SwarmRig.Serving().Container! with { Mode = ContainerMode.Global } };
        WorkloadTemplate managers = each with { Container = each.Container! with { Nodes = new NodePlacement { Constraints = ["node.role == manager"] } } };
        Assignment all = rig.Order("all", 1, each) with { MayBeUnavailable = 1 }, some = rig.Order("some", 1, managers);
        await rig.ApplyAsync(all, some);
        await rig.SeeAsync(set => set.Nodes[0].Machines.OrderBy(static one => one.Assignment).SequenceEqual([new EligibleMachines(all.Id, 2), new EligibleMachines(some.Id, 1)]));
        await rig.ApplyAsync(all with { Replicas = 2 }, some);
        ClusterObservationSet seen = await rig.SeeReadyAsync(3);
        Assert.Equal(2, Machines(seen).Distinct().Count());
        // A new version has no room beside the old: machine by machine.
        await rig.ApplyAsync(all with { Replicas = 2, Template = each with { Environment = new Dictionary<string, string> { ["TEXT"] = "two" } }, Revision = new("r2") }, some);
        seen = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 3 && set.Replicas.Count == 3 && set.Replicas.Count(static replica => replica.Revision.Value == "r2") == 2);
        Assert.Equal(2, Machines(seen).Distinct().Count());
        await SetAvailabilityAsync(bed, "drain");
        try
        {
            await rig.SeeAsync(set => set.Nodes[0].Machines.Contains(new EligibleMachines(all.Id, 1)));
        }
        finally
        {
            await SetAvailabilityAsync(bed, "active");
        }

        IEnumerable<string> Machines(ClusterObservationSet set) => set.Replicas.Where(static replica => replica.Workload.Name == "all").Select(replica => rig.Reconciler.PlaceOf(replica.Id)!.MachineId);
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
