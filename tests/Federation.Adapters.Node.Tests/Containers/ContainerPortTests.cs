using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Ports of a container that take datagrams.</summary>
public sealed class ContainerPortTests(SharedDockerEngine shared)
{
    [Fact]
    public async Task PortForDatagrams_PublishedOnTheMachine_IsOpenThereAndNoEndpoint()
    {
        await using ContainerNode node = await ContainerNode.StartedAsync(await shared.GetAsync());
        int published;
        using (var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0))) published = ((IPEndPoint)probe.Client.LocalEndPoint!).Port;
        Assignment order = ContainerNode.Order("stats", "cp /proc/net/snmp /tmp/snmp; while :; do sleep 0.2; cat /proc/net/snmp > /tmp/snmp; done & exec httpd -f -p 8080 -h /tmp");
        await node.ApplyAsync(1, order with
        {
            Template = order.Template with
            {
                Ports =
                [
                    new PortTemplate { Name = "stats", ContainerPort = 8125, Protocol = PortProtocol.Udp, Publish = PublishMode.Host, PublishedPort = published, PublishedAddress = "127.0.0.1" },
                    new PortTemplate { Name = "gossip", ContainerPort = 7946, Protocol = PortProtocol.Udp },
                    new PortTemplate { Name = "http", ContainerPort = 8080 },
                ],
            },
        });
        ReplicaObservation replica = await node.SeeReadyAsync();
        Assert.Equal(["http"], replica.Ports.Select(static port => port.Name));
        using JsonDocument container = await node.InspectAsync(replica.Id);
        JsonElement bindings = container.RootElement.GetProperty("HostConfig").GetProperty("PortBindings");
        Assert.Equal(["7946/udp", "8080/tcp", "8125/udp"], container.RootElement.GetProperty("Config").GetProperty("ExposedPorts").EnumerateObject().Select(static port => port.Name).Order(StringComparer.Ordinal));
        // Not even an empty list: engines open a port of their choice for it, at every address (moby/moby#50874).
        Assert.Equal(["8080/tcp", "8125/udp"], bindings.EnumerateObject().Select(static port => port.Name).Order(StringComparer.Ordinal));
        JsonElement binding = Assert.Single(bindings.GetProperty("8125/udp").EnumerateArray());
        Assert.Equal(("127.0.0.1", published.ToString(CultureInfo.InvariantCulture)), (binding.GetProperty("HostIp").GetString(), binding.GetProperty("HostPort").GetString()));
        // The engine listens there, so that nobody else may.
        Assert.Throws<SocketException>(() => new UdpClient(new IPEndPoint(IPAddress.Loopback, published)).Dispose());

        // What is sent there arrives in the container, whose kernel counts it though nothing takes it.
        using var sender = new UdpClient();
        using var http = new HttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await DatagramsAsync(http, replica.Ports[0], limit.Token));
        while (await DatagramsAsync(http, replica.Ports[0], limit.Token) == 0)
        {
            await sender.SendAsync("a:1|c"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, published), limit.Token);
            await Task.Delay(100, limit.Token);
        }
    }

    // Datagrams that came for a port on which nothing listens.
    private static async Task<long> DatagramsAsync(HttpClient http, ReplicaPort port, CancellationToken ct)
    {
        string counts = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port.Port}/snmp"), ct);
        string[][] udp = [.. counts.Split('\n').Where(static line => line.StartsWith("Udp:", StringComparison.Ordinal)).Select(static line => line.Split(' '))];
        // The file may be read while it is written.
        return udp is [var names, var values] && Array.IndexOf(names, "NoPorts") is > 0 and var at && at < values.Length ? long.Parse(values[at], CultureInfo.InvariantCulture) : 0;
    }
}
