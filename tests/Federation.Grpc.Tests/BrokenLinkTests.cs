using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Client;
using Federation.Grpc.Metadata;
using Federation.Grpc.Server;
using Federation.Grpc.Streams;
using Federation.Grpc.Tests.Probes;

namespace Federation.Grpc.Tests;

public sealed class BrokenLinkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cut_BothSidesSeeItAtOnce()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        await using TcpLink link = new(server.Address);
        using GrpcChannel channel = new(link.Address);
        await using var call = await OpenChatAsync(channel);
        Task pending = call.ReceiveAsync(Ct).AsTask();

        link.Cut();

        // Well before any keepalive could have noticed.
        await Assert.ThrowsAsync<StreamBrokenException>(() => pending.WaitAsync(TimeSpan.FromSeconds(10), Ct));
        await server.SawBreak.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.IsType<StreamBrokenException>(Assert.Single(server.Broken));
    }

    [Fact]
    public async Task Freeze_BothSidesSeeItByKeepalive()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        await using TcpLink link = new(server.Address);
        using GrpcChannel channel = new(link.Address);
        await using var call = await OpenChatAsync(channel);
        Task pending = call.ReceiveAsync(Ct).AsTask();

        link.Freeze();
        Stopwatch frozen = Stopwatch.StartNew();

        await Assert.ThrowsAsync<StreamBrokenException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        TimeSpan client = frozen.Elapsed;
        await server.SawBreak.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        // Three seconds by the settings; the rest is for a machine that is busy with other things.
        Assert.InRange(client, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Assert.InRange(frozen.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Reconnect_PresentsTheRenewedCertificate()
    {
        using TestAuthority authority = new();
        using X509Certificate2 certificate = authority.Issue("probe");
        using X509Certificate2 first = authority.Issue("first");
        using X509Certificate2 renewed = authority.Issue("renewed");
        X509Certificate2 current = first;
        await using ProbeServer server = await ProbeServer.StartAsync(authority, certificate);
        await using TcpLink link = new(server.Address);
        using GrpcChannel channel = new(link.Address, new GrpcChannelOptions { ClientCertificate = () => current, ServerCertificateValidation = authority.Trusts });

        (GrpcMetadata before, _) = await channel.AskForMetadataAsync(GrpcCallOptions.None, Ct);
        await using var call = await OpenChatAsync(channel);
        current = renewed;
        link.Cut();
        await Assert.ThrowsAsync<StreamBrokenException>(async () => await call.ReceiveAsync(Ct));
        (GrpcMetadata after, _) = await channel.AskForMetadataAsync(GrpcCallOptions.None, Ct);

        Assert.Equal(("CN=first", "CN=renewed"), (before.Text("probe-peer"), after.Text("probe-peer")));
    }

    [Fact]
    public async Task Peers_ThatAreNotAllowed_AreRefusedBeforeTheHandler()
    {
        using TestAuthority authority = new();
        using X509Certificate2 certificate = authority.Issue("probe");
        using X509Certificate2 stranger = authority.Issue("stranger");
        await using ProbeServer server = await ProbeServer.StartAsync(authority, certificate, AllowedPeers.Service("friend"));

        async Task<Status.StatusCode> AskAsync(Func<X509Certificate2?>? client)
        {
            using GrpcChannel channel = server.Connect(new GrpcChannelOptions { ClientCertificate = client, ServerCertificateValidation = authority.Trusts });
            return (await Assert.ThrowsAsync<Status.RpcException>(() => channel.UnaryAsync(ProbeMethods.Ask, new ProbeRequest(), cancellationToken: Ct))).StatusCode;
        }

        Assert.Equal(Status.StatusCode.PermissionDenied, await AskAsync(() => stranger));
        Assert.Equal(Status.StatusCode.Unauthenticated, await AskAsync(() => null));
        Assert.Equal(Status.StatusCode.Unauthenticated, await AskAsync(null));
    }

    private static async Task<GrpcClientCall<ProbeRequest, ProbeReply>> OpenChatAsync(GrpcChannel channel)
    {
        var call = await channel.DuplexAsync(ProbeMethods.Chat, cancellationToken: Ct);
        await call.SendAsync(new ProbeRequest(), Ct);
        await call.ReceiveAsync(Ct);
        return call;
    }
}
