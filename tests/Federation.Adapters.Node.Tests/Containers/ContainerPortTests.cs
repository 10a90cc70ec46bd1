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
        Assignment order = ContainerNode.Order("stats", "exec httpd -f -p 8080 -h /www");
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
    }
}
