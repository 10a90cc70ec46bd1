using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>What is ours is kept as ordered by the newest writer, and what is not is left alone.</summary>
public sealed class OwnershipTests(TwoMachines machines)
{
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
}
