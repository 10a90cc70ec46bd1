using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.TestKit.Http;
using Microsoft.AspNetCore.Http;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Which certificates a bundle of authorities vouches for: what it does for kubectl, and nothing beyond.</summary>
public sealed class ServerTrustTests : IDisposable
{
    private const string Object = """{"kind":"Node","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"1"}}""";

    private readonly TestAuthority _root = new("root");
    private readonly TestAuthority _between;
    private readonly X509Certificate2 _server;

    public ServerTrustTests()
    {
        _between = _root.Intermediate("between");
        _server = _between.Server("cluster.internal");
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _between.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Accepts_OfTheRoot_WhatComesFromItByWhatTheServerSends()
    {
        Assert.True(Accepts(_root.Pem, _server, _between));
        Assert.True(Accepts(_root.Pem, _server, _between, _root));
        Assert.True(Accepts(_root.Pem + "\n" + _between.Pem, _server));
        Assert.False(Accepts(_root.Pem, _server));
    }

    [Fact]
    public void Accepts_OfAnIntermediateAlone_WhatItHasSigned()
    {
        Assert.True(Accepts(_between.Pem, _server));
        Assert.True(Accepts(_between.Pem, _server, _between));
        // A root that the server sends along is not ours, and does not take away what is.
        Assert.True(Accepts(_between.Pem, _server, _between, _root));
    }

    [Fact]
    public void Accepts_OfAnIntermediateAlone_WhatComesFromItByWhatTheServerSends()
    {
        using TestAuthority below = _between.Intermediate("below");
        using X509Certificate2 server = below.Server("cluster.internal");
        Assert.True(Accepts(_between.Pem, server, below));
        Assert.True(Accepts(_between.Pem, server, below, _between, _root));
        Assert.False(Accepts(_between.Pem, server));
    }

    [Fact]
    public void Accepts_OfAnIntermediate_NothingOfItsIssuersOthers()
    {
        using TestAuthority sister = _root.Intermediate("sister");
        using X509Certificate2 server = sister.Server("cluster.internal"), rootsOwn = _root.Server("cluster.internal");
        Assert.False(Accepts(_between.Pem, server, sister, _root));
        Assert.False(Accepts(_between.Pem, server, sister, _between, _root));
        Assert.False(Accepts(_between.Pem, rootsOwn, _root));
        Assert.False(Accepts(_between.Pem, _root.Certificate));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accepts_OfAnIntermediate_NothingOfAnotherOfItsName(bool tellsKeys)
    {
        using var foreignRoot = new TestAuthority("root");
        using TestAuthority foreign = foreignRoot.Intermediate("between", tellsKeys: tellsKeys), ofOurRoot = _root.Intermediate("between", tellsKeys: tellsKeys);
        using X509Certificate2 server = foreign.Server("cluster.internal"), second = ofOurRoot.Server("cluster.internal");
        Assert.False(Accepts(_between.Pem, server));
        Assert.False(Accepts(_between.Pem, server, foreign));
        Assert.False(Accepts(_between.Pem, server, foreign, foreignRoot));
        Assert.False(Accepts(_between.Pem, server, foreign, _between));
        Assert.False(Accepts(_between.Pem, server, _between, foreign, _root));
        Assert.False(Accepts(_between.Pem, second));
        Assert.False(Accepts(_between.Pem, second, ofOurRoot, _root));
    }

    [Fact]
    public void Accepts_OfTwoOfOneName_WhatEitherHasSigned()
    {
        using TestAuthority before = _root.Intermediate("rotated", tellsKeys: true), after = _root.Intermediate("rotated", tellsKeys: true);
        using X509Certificate2 ofBefore = before.Server("cluster.internal"), ofAfter = after.Server("cluster.internal");
        Assert.True(Accepts(before.Pem + "\n" + after.Pem, ofBefore));
        Assert.True(Accepts(before.Pem + "\n" + after.Pem, ofAfter, after));
        Assert.False(Accepts(before.Pem, ofAfter, after));
    }

    [Fact]
    public void Accepts_OfAnIntermediate_WhatTheServerSendsUnderItsNextCertificate()
    {
        using var nextRoot = new TestAuthority("next root");
        using TestAuthority renewed = nextRoot.Renewed(_between);
        Assert.True(Accepts(_between.Pem, _server, renewed));
        Assert.True(Accepts(_between.Pem, _server, renewed, nextRoot));
        Assert.True(Accepts(renewed.Pem, _server, _between, _root));
        Assert.False(Accepts(nextRoot.Pem, _server, _between, _root));
        Assert.True(Accepts(nextRoot.Pem, _server, renewed));
    }

    [Fact]
    public void Accepts_OfAnIntermediate_NothingThatIsTooOld()
    {
        using X509Certificate2 server = _between.ExpiredServer("cluster.internal");
        Assert.False(Accepts(_between.Pem, server));
        Assert.False(Accepts(_between.Pem, server, _between, _root));
        Assert.False(Accepts(_root.Pem, server, _between));
        using TestAuthority expired = _root.Intermediate("expired", expired: true);
        using X509Certificate2 ofExpired = expired.Server("cluster.internal");
        Assert.False(Accepts(expired.Pem, ofExpired));
        Assert.False(Accepts(expired.Pem, ofExpired, expired, _root));
        Assert.False(Accepts(_root.Pem, ofExpired, expired));
    }

    [Fact]
    public void Accepts_OfAnIntermediate_NoClientsCertificateAndNoOtherName()
    {
        using X509Certificate2 client = X509Certificate2.CreateFromPem(_between.Client("cluster.internal").Certificate);
        Assert.False(Accepts(_between.Pem, client));
        Assert.False(ServerTrust.Of(_between.Pem, "test").Accepts(_server, null, SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch));
    }

    [Fact]
    public void Accepts_OfAServersOwnCertificate_ThatOneAlone()
    {
        using X509Certificate2 another = _between.Server("cluster.internal");
        Assert.True(Accepts(_server.ExportCertificatePem(), _server));
        Assert.False(Accepts(_server.ExportCertificatePem(), another));
        using X509Certificate2 expired = _between.ExpiredServer("cluster.internal");
        Assert.False(Accepts(expired.ExportCertificatePem(), expired));
    }

    [Fact]
    public async Task Server_OfAnIntermediateThatIsGivenAlone_IsBelievedUnderItsNamesAlone()
    {
        using TestAuthority other = _root.Intermediate("between");
        await using LoopbackServer server = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), _server);
        Assert.Null(await AskAsync(server.Address, ServerTrust.Of(_between.Pem, "test"), "cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.Of(_between.Pem, "test"), "other.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(server.Address, ServerTrust.Of(other.Pem, "test"), "cluster.internal"));
    }

    [Fact]
    public async Task Server_WhoseCertificateSaysWhereItsIssuersIs_IsAskedForNothingThere()
    {
        bool answers = false;
        int asked = 0;
        await using LoopbackServer place = await LoopbackServer.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            if (!answers) context.Response.StatusCode = StatusCodes.Status404NotFound;
            return answers ? context.Response.Body.WriteAsync(_between.Certificate.RawData, 0, _between.Certificate.RawData.Length) : Task.CompletedTask;
        });
        using X509Certificate2 certificate = _between.PointingServer(new Uri(place.Address, "issuer.crt"), "cluster.internal");
        // Servers look there too, as they start, for what they should send: one finds nothing, one the intermediate.
        await using LoopbackServer bare = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), certificate);
        answers = true;
        await using LoopbackServer whole = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync(Object), certificate);
        asked = 0;
        ServerTrust root = ServerTrust.Of(_root.Pem, "test"), between = ServerTrust.Of(_between.Pem, "test");
        Assert.Null(await AskAsync(bare.Address, between, "cluster.internal"));
        Assert.Null(await AskAsync(whole.Address, between, "cluster.internal"));
        Assert.Null(await AskAsync(whole.Address, root, "cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(bare.Address, root, "cluster.internal"));
        Assert.Equal(FailureKind.Untrusted, await AskAsync(bare.Address, ServerTrust.System, "cluster.internal"));
        Assert.Equal(0, asked);
    }

    private static async Task<FailureKind?> AskAsync(Uri server, ServerTrust trust, string name)
    {
        using KubernetesClient client = Clients.Of(server, trust: trust, tlsServerName: name);
        try
        {
            await client.GetAsync(ResourceTypes.Nodes, null, "a", Cancelled);
            return null;
        }
        catch (KubernetesException e)
        {
            return e.Kind;
        }
    }

    // As a handshake asks: with a chain by the system's authorities, made of what the server sends.
    private static bool Accepts(string bundle, X509Certificate2 server, params TestAuthority[] sent)
    {
        using var presented = new X509Chain();
        presented.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        presented.ChainPolicy.DisableCertificateDownloads = true;
        foreach (TestAuthority authority in sent) presented.ChainPolicy.ExtraStore.Add(authority.Certificate);
        presented.Build(server);
        return ServerTrust.Of(bundle, "test").Accepts(server, presented, SslPolicyErrors.RemoteCertificateChainErrors);
    }
}
