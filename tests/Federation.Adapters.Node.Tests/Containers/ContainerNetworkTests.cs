using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Networks that workloads name: made as they say, joined under the names that they say, and gone with the last that uses them.</summary>
public sealed class ContainerNetworkTests(SharedDockerEngine shared)
{
    private const string Serving = "exec httpd -f -p 8080 -h /www";

    [Fact]
    public async Task Containers_FindEachOtherInTheNetworksThatTheyShare_AndNowhereElse()
    {
        await using ContainerNode node = await ContainerNode.StartedAsync(await shared.GetAsync(), static options => options with { MachineRights = true });
        string foreign = $"{node.Label}-public";
        await node.Engine.SendAsync(HttpMethod.Post, "networks/create", new { Name = foreign });
        NetworkAttachment back = new() { Name = "back", Internal = true, Labels = new Dictionary<string, string> { ["team"] = "blue", ["federation.node"] = "other" }, Ranges = [new AddressRange { Subnet = "10.77.6.0/24", Pool = "10.77.6.128/25" }] };
        await node.ApplyAsync(1,
            In("db", back with { Aliases = ["store"] }),
            In("web", new NetworkAttachment { Name = "front" }, back, new NetworkAttachment { Name = foreign, External = true, Aliases = ["outside"] }),
            In("other"));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 3);
        // Where nothing leads out, the plane is not led in.
        Assert.Empty(Of("db").Ports);
        using (var http = new HttpClient()) Assert.Equal("ok\n", await http.GetStringAsync($"http://127.0.0.1:{Of("web").Ports[0].Port}/", TestContext.Current.CancellationToken));
        using (JsonDocument database = await node.InspectAsync(Of("db").Id))
        {
            Assert.Empty(database.RootElement.GetProperty("HostConfig").GetProperty("PortBindings").EnumerateObject());
            Assert.StartsWith("10.77.6.", database.RootElement.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject().Single().Value.GetProperty("IPAddress").GetString(), StringComparison.Ordinal);
        }
        using (JsonDocument web = await node.InspectAsync(Of("web").Id)) Assert.Equal(3, web.RootElement.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject().Count());
        foreach ((string from, string host) in ((string, string)[])[("web", "store"), ("web", "db"), ("web", "other"), ("db", "web"), ("web", "outside")])
            Assert.True(await AnswersAsync(from, host), $"{from} reaches {host}");
        // What keeps addresses apart is the engine's own firewall, which a test's engine on this machine leaves alone; names are kept apart in any case.
        foreach ((string from, string host) in ((string, string)[])[("db", "other"), ("other", "store")]) Assert.False(await AnswersAsync(from, host), $"{from} to {host}");

        await node.ApplyAsync(2, In("other"));
        await node.SeeAsync(static set => set.Replicas.Count == 1);
        using JsonDocument left = await node.Engine.GetAsync("networks");
        string[] names = [.. left.RootElement.EnumerateArray().Select(static network => network.GetProperty("Name").GetString()!)];
        Assert.DoesNotContain(names, static name => name.Contains("-back-", StringComparison.Ordinal));
        Assert.Contains(foreign, names);

        ReplicaObservation Of(string workload) => seen.Replicas.Single(replica => replica.Workload.Name == workload);

        async Task<bool> AnswersAsync(string from, string host) => (await node.RunInsideAsync(Of(from).Id, $"timeout 3 wget -q -O - http://{host}:8080/")).ExitCode == 0;
    }

    [Fact]
    public async Task Network_ThatCannotBeAsAsked_KeepsItsWorkloadFromStarting_AndNoOther()
    {
        await using ContainerNode node = await ContainerNode.StartedAsync(await shared.GetAsync(), static options => options with { MachineRights = true });
        Assignment open = In("open", new NetworkAttachment { Name = "back", DriverOptions = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "1400" } });
        await node.ApplyAsync(1, open);
        await node.SeeReadyAsync();
        await node.ApplyAsync(2, open,
            In("closed", new NetworkAttachment { Name = "back", Internal = true }),
            In("nowhere", new NetworkAttachment { Name = "nobody-made-it", External = true }),
            In("wrong", new NetworkAttachment { Name = "wrong", Ranges = [new AddressRange { Subnet = "10.78.1.0/24", Gateway = "192.0.2.1" }] }),
            In("web"));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2 && set.Replicas.Count(static replica => replica.State == ReplicaState.BackOff) == 3);
        Assert.Contains("is not internal, other than this template says", Message("closed"), StringComparison.Ordinal);
        Assert.Contains("the engine has no network nobody-made-it", Message("nowhere"), StringComparison.Ordinal);
        Assert.NotEmpty(Message("wrong"));

        string Message(string workload) => seen.Replicas.Single(replica => replica.Workload.Name == workload).Message!;
    }

    private static Assignment In(string workload, params NetworkAttachment[] networks)
    {
        Assignment order = ContainerNode.Order(workload, Serving);
        return order with { Template = order.Template with { Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }], Container = order.Template.Container! with { Networks = networks } } };
    }
}
