using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Gateway.Upstreams;
using Federation.Routing.Documents;

namespace Federation.Services.Tests.Gateway;

public sealed class UpstreamTests
{
    [Fact]
    public async Task Send_ReplicaConnectsTooLate_IsGivenLongerTheNextTime()
    {
        var endpoint = new ServiceEndpoint
        {
            Replica = new ReplicaId("web-1"),
            Node = new NodeKey(new ClusterId("a"), new NodeId("n1")),
            Ports = [new EndpointPort("http", PortProtocol.Http)],
        };
        var upstream = new Upstream(new WorkloadKey(new TenantId("default"), "default", "web"), endpoint, endpoint.Ports[0], new SilentDialer());

        string first = await RefusalAsync(upstream), second = await RefusalAsync(upstream);
        upstream.Retire();

        Assert.EndsWith("was not connected to within 1 s", first, StringComparison.Ordinal);
        Assert.EndsWith("was not connected to within 2 s", second, StringComparison.Ordinal);
    }

    private static async Task<string> RefusalAsync(Upstream upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://replica/");
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => upstream.Invoker.SendAsync(request, TestContext.Current.CancellationToken));
        return Assert.IsType<NotReachedException>(failure.InnerException).Message;
    }

    /// <summary>Reaches nobody, however long it may try.</summary>
    private sealed class SilentDialer : IReplicaDialer
    {
        public async Task<Stream> DialAsync(NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Stream.Null;
        }
    }
}
