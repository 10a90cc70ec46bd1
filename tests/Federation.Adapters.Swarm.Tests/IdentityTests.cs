using System.Text.Json;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>A manager that left its swarm and made another, which answers as well.</summary>
public sealed class IdentityTests
{
    [Fact]
    public async Task Swarm_ThatIsAnother_IsNotSeenAndNothingIsDoneInIt()
    {
        Assert.SkipUnless(SwarmBed.Missing is null, SwarmBed.Missing ?? "");
        await using SwarmBed bed = await SwarmBed.StartAsync(machines: 1);
        await using SwarmRig rig = SwarmRig.Open(bed);
        await rig.ApplyAsync(rig.Order("web", 1));
        ClusterObservationSet before = await rig.SeeReadyAsync(1);
        string first = await SwarmAsync(bed.Manager);
        await bed.Manager.SendAsync(HttpMethod.Post, "swarm/leave?force=true");
        await bed.InitAsync();
        string second = await SwarmAsync(bed.Manager);
        Assert.NotEqual(first, second);
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.All(static replica => replica.Message?.StartsWith("another swarm answers", StringComparison.Ordinal) is true));
        Assert.Equal(before.Replicas.Select(static replica => replica.Id), seen.Replicas.Select(static replica => replica.Id));
        Assert.Contains($"its id is {second}, and was {first}", rig.Reconciler.Silence, StringComparison.Ordinal);

        // New orders change nothing about it, while one that has never had another swarm makes its work there and sees it ready.
        await rig.ApplyAsync(rig.Order("web", 2), rig.Order("api", 1));
        await using SwarmRig fresh = SwarmRig.Open(bed);
        await fresh.ApplyAsync(fresh.Order("web", 1));
        await fresh.SeeReadyAsync(1);
        Assert.Empty(await rig.ServicesAsync());
        Assert.Single(await fresh.ServicesAsync());
        // There is nothing that it could end.
        await rig.LeaveAsync();
    }

    private static async Task<string> SwarmAsync(DockerEngine manager)
    {
        using JsonDocument swarm = await manager.GetAsync("swarm");
        return swarm.RootElement.GetProperty("ID").GetString()!;
    }
}
