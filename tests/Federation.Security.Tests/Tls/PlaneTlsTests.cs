using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.Security.Tests.Enrollment;
using Federation.Security.Tls;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Security.Tests.Tls;

public sealed class PlaneTlsTests : IDisposable
{
    private static readonly Peer.Agent Node = new(new NodeKey(new("eu-cloud"), new("n1")));
    private readonly TestFolder _folder = new();
    private readonly PlaneAuthority _authority = PlaneAuthority.Create("plane-a", DateTimeOffset.UtcNow);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<KeptCertificate> KeptAsync(Peer peer, string folder, PlaneAuthority? authority = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var issuer = new LocalIssuer(authority ?? _authority, peer, time);
        // Not disposed: the kept certificate's key lives with the test.
        var keeper = new CertificateKeeper(
            new CertificateKeeperOptions { Folder = _folder.File(folder), JoinToken = issuer.Token.Reveal() }, issuer, time, new SeededChance(1), NullLogger<CertificateKeeper>.Instance);
        await keeper.StartAsync(Cancel);
        return keeper.Current!;
    }

    // One handshake over loopback: the client's certificate as the server saw it, or the failure of either side.
    private static async Task<X509Certificate2?> ShakeAsync(SslServerAuthenticationOptions server, SslClientAuthenticationOptions client)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new TcpClient();
        Task connect = outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancel).AsTask();
        using TcpClient incoming = await listener.AcceptTcpClientAsync(Cancel);
        await connect;
        await using var serverSide = new SslStream(incoming.GetStream());
        await using var clientSide = new SslStream(outgoing.GetStream());
        client.TargetHost = "localhost";
        Task serverTask = ServeAsync();
        await clientSide.AuthenticateAsClientAsync(client, Cancel);
        // In TLS 1.3 the client is done before the server has judged its certificate: the first byte tells.
        int read = await clientSide.ReadAsync(new byte[1], Cancel);
        await serverTask;
        Assert.Equal(1, read);
        return serverSide.RemoteCertificate as X509Certificate2;

        async Task ServeAsync()
        {
            try
            {
                await serverSide.AuthenticateAsServerAsync(server, Cancel);
                await serverSide.WriteAsync(new byte[1], Cancel);
            }
            catch
            {
                incoming.Close();
                throw;
            }
        }
    }

    [Fact]
    public async Task Handshake_AgentToService_ShowsTheAgent()
    {
        KeptCertificate server = await KeptAsync(new Peer.Service("placement"), "s");
        KeptCertificate client = await KeptAsync(Node, "c");
        X509Certificate2? seen = await ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, "placement", TimeProvider.System));
        Assert.Equal(new PeerVerdict.Accepted(Node), server.Trust.Judge(seen!, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Handshake_WithoutAClientCertificate_PassesForEnrollment()
    {
        KeptCertificate server = await KeptAsync(new Peer.Service("identity"), "s");
        Assert.Null(await ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForEnrollment(server.Trust, "identity", TimeProvider.System)));
        Assert.Null(await ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForFirstContact()));
    }

    [Fact]
    public async Task Handshake_WithAnotherService_FailsAtTheClient()
    {
        KeptCertificate server = await KeptAsync(new Peer.Service("health"), "s");
        KeptCertificate client = await KeptAsync(Node, "c");
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, "placement", TimeProvider.System)));
    }

    [Fact]
    public async Task Handshake_WithAnAgentPosingAsServer_FailsAtTheClient()
    {
        KeptCertificate server = await KeptAsync(new Peer.Agent(new NodeKey(new("edge"), new("placement"))), "s");
        KeptCertificate client = await KeptAsync(Node, "c");
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, "placement", TimeProvider.System)));
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, null, TimeProvider.System)));
    }

    [Fact]
    public async Task Handshake_WithAClientOfAnotherAuthority_FailsAtTheServer()
    {
        using var other = PlaneAuthority.Create("plane-a", DateTimeOffset.UtcNow);
        KeptCertificate server = await KeptAsync(new Peer.Service("placement"), "s");
        KeptCertificate foreign = await KeptAsync(Node, "c", other);
        SslClientAuthenticationOptions client = PlaneTls.ForClient(() => foreign, "placement", TimeProvider.System);
        client.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), client));
    }

    [Fact]
    public async Task Handshake_WithAServerOfAnotherAuthority_FailsAtTheClient()
    {
        using var other = PlaneAuthority.Create("plane-a", DateTimeOffset.UtcNow);
        KeptCertificate server = await KeptAsync(new Peer.Service("placement"), "s", other);
        KeptCertificate client = await KeptAsync(Node, "c");
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, "placement", TimeProvider.System)));
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForEnrollment(client.Trust, "placement", TimeProvider.System)));
    }

    [Fact]
    public async Task Handshake_ExpiredClient_PassesTheHandshakeAndIsToldApartForTheCall()
    {
        using var past = PlaneAuthority.Create("plane-a", DateTimeOffset.UtcNow.AddDays(-50));
        var clock = new VirtualTime();
        clock.JumpWallClock(DateTimeOffset.UtcNow.AddDays(-10) - clock.GetUtcNow());
        KeptCertificate expired = await KeptAsync(Node, "c", past, clock);
        KeptCertificate server = await KeptAsync(new Peer.Service("identity"), "s", past);
        X509Certificate2? seen = await ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => expired, "identity", TimeProvider.System));
        Assert.IsType<PeerVerdict.Expired>(server.Trust.Judge(seen!, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task Handshake_ExpiredServer_FailsAtTheClient()
    {
        using var past = PlaneAuthority.Create("plane-a", DateTimeOffset.UtcNow.AddDays(-50));
        var clock = new VirtualTime();
        clock.JumpWallClock(DateTimeOffset.UtcNow.AddDays(-10) - clock.GetUtcNow());
        KeptCertificate server = await KeptAsync(new Peer.Service("identity"), "s", past, clock);
        KeptCertificate client = await KeptAsync(Node, "c", past);
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeAsync(PlaneTls.ForServer(server, TimeProvider.System), PlaneTls.ForClient(() => client, "identity", TimeProvider.System)));
    }
}
