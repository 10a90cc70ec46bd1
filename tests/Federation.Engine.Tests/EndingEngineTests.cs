using Federation.Engine.Containers;
using Federation.TestKit.Engine;

namespace Federation.Engine.Tests;

/// <summary>An engine that ends while it is asked.</summary>
public sealed class EndingEngineTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AtAnEngineThatIsEnding_IsRefusedAlthoughItStillAnswers()
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        await using DockerEngine engine = await DockerEngine.StartAsync();
        using var client = new EngineClient(engine.Reach(EngineWay.Socket), TimeProvider.System);
        // Who does not end when asked to keeps the engine ending for its whole patience.
        ContainerCreated stubborn = await CreateAsync("test-stubborn", "trap '' TERM; while :; do sleep 0.1; done");
        await client.StartContainerAsync(stubborn.Id, Cancelled);
        ContainerCreated idle = await CreateAsync("test-idle", "sleep 600");
        await client.InspectContainerAsync(idle.Id, Cancelled);
        Task ended = engine.StopDaemonAsync();
        while (await engine.TakesConnectionsAsync()) await Task.Delay(5, Cancelled);
        EngineException start = await Assert.ThrowsAsync<EngineException>(() => client.StartContainerAsync(idle.Id, Cancelled));
        EngineException create = await Assert.ThrowsAsync<EngineException>(() => CreateAsync("test-late", "sleep 600"));
        Assert.Equal((null, null), (start.Status, create.Status));
        Assert.False((await client.InspectContainerAsync(idle.Id, Cancelled)).State.Running);
        Assert.False(ended.IsCompleted);
        await ended;

        Task<ContainerCreated> CreateAsync(string name, string script) => client.CreateContainerAsync(
            name, null, new ContainerSpec { Image = DockerEngine.Image, Cmd = ["/bin/sh", "-c", script], HostConfig = new HostConfig { NetworkMode = "none" } }, Cancelled);
    }
}
