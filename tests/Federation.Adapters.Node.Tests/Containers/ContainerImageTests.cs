using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Containers;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Where the images of containers come from, and with whose login.</summary>
public sealed class ContainerImageTests(SharedDockerEngine shared) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-login-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_ImageThatNobodyHas_SaysSoAndTriesAgainWhateverItsPolicy()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Image = "127.0.0.1:9/team/nosuch:1", Restart = order.Template.Restart with { Condition = RestartCondition.Never } } });
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff, Restarts: >= 1 }]);
        Assert.StartsWith("the image 127.0.0.1:9/team/nosuch:1 is not on this machine, and the registry 127.0.0.1:9 did not give it: ", seen.Replicas[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ImageOfARegistry_FetchesItWithItsLoginAndKeepsItsDigest()
    {
        await using SmallRegistry registry = await SmallRegistry.StartAsync("ci", "correct horse");
        string file = Path.Combine(_folder, "config.json");
        await File.WriteAllTextAsync(file, registry.LoginFile("ci", "correct horse"), TestContext.Current.CancellationToken);
        await using ContainerNode node = await NodeAsync(options => options with { Logins = new RegistryLogins(file).Find });
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Image = $"{registry.Host}/team/app:1" } });
        ReplicaObservation replica = await node.SeeReadyAsync();
        using JsonDocument container = await node.InspectAsync(replica.Id);
        Assert.Equal($"{registry.Host}/team/app@{registry.Digest}", container.RootElement.GetProperty("Config").GetProperty("Labels").GetProperty("federation.image").GetString());
        Assert.True(registry.Served > 0);
    }

    [Fact]
    public async Task Start_ImageOfARegistry_FetchesItWithTheLoginThatCameWithTheOrder_AndTheProgramDoesNotFindIt()
    {
        // The machine's own is another's.
        await using ContainerNode node = await NodeAsync(static options => options with { Logins = static image => new("other", "wrong", null) });
        await using SmallRegistry registry = await SmallRegistry.StartAsync("shop", "battery staple");
        Assignment order = ContainerNode.Order("web", "sleep 600");
        order = order with { Template = order.Template with { Image = $"{registry.Host}/team/app:1", ImagePullSecrets = ["regcred"], Secrets = [new FileReference { Name = "regcred", Version = 1, Files = [] }] } };
        await node.ApplyAsync(1, [new SealedFiles("Secret", "regcred", 1, Encoding.UTF8.GetBytes(registry.LoginFile("shop", "battery staple")))], order);
        ReplicaObservation replica = await node.SeeReadyAsync();
        Assert.True(registry.Served > 0);
        (_, string inside) = await node.RunInsideAsync(replica.Id, "ls /run/federation 2>&1; cat /proc/self/environ");
        Assert.Contains("No such file", inside, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", inside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ImageThatIsHereForAnotherPlatform_FetchesItForItsOwn()
    {
        string other = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "amd64" : "arm64";
        await using SmallRegistry registry = await SmallRegistry.StartAsync("ci", "correct horse", architecture: other);
        string file = Path.Combine(_folder, "config.json");
        await File.WriteAllTextAsync(file, registry.LoginFile("ci", "correct horse"), TestContext.Current.CancellationToken);
        await using ContainerNode node = await NodeAsync(options => options with { Logins = new RegistryLogins(file).Find });
        await node.Engine.SendAsync(HttpMethod.Post, $"images/{DockerEngine.Image}/tag?repo={Uri.EscapeDataString($"{registry.Host}/team/app")}&tag=1");
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Image = $"{registry.Host}/team/app:1", Container = order.Template.Container! with { Platform = $"linux/{other}" } } });
        using JsonDocument container = await node.InspectAsync((await node.SeeReadyAsync()).Id);
        Assert.Equal($"{registry.Host}/team/app@{registry.Digest}", container.RootElement.GetProperty("Config").GetProperty("Labels").GetProperty("federation.image").GetString());
        using JsonDocument image = await node.Engine.GetAsync($"images/{container.RootElement.GetProperty("Image").GetString()}/json");
        Assert.Equal(other, image.RootElement.GetProperty("Architecture").GetString());
    }

    [Fact]
    public async Task Start_ImageWithLoginsThatCannotBeRead_SaysSoWithoutThem()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        order = order with { Template = order.Template with { Image = "127.0.0.1:9/team/nosuch:1", ImagePullSecrets = ["regcred"], Secrets = [new FileReference { Name = "regcred", Version = 3, Files = [] }], Restart = new RestartPolicy { BackoffSeconds = 60 } } };
        await node.ApplyAsync(1, [new SealedFiles("Secret", "regcred", 3, "battery staple"u8.ToArray())], order);
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff }]);
        Assert.Equal("version 3 of the Secret regcred cannot be read: it is no file as 'docker login' writes it", seen.Replicas[0].Message);
    }

    private async Task<ContainerNode> NodeAsync(Func<ContainerHostOptions, ContainerHostOptions>? with = null) => await ContainerNode.StartedAsync(await shared.GetAsync(), with);
}
