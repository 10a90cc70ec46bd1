using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;

namespace Federation.Security.Tests.Authority;

public sealed class PlaneTrustTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Peer.Agent Node = new(new NodeKey(new("eu-cloud"), new("n1")));
    private readonly PlaneAuthority _authority = PlaneAuthority.Create("plane-a", Now);
    private readonly MachineKey _key = MachineKey.Create();

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Leaf(PlaneAuthority authority, Peer peer) =>
        X509CertificateLoader.LoadCertificate(authority.Issue(_key.CreateSigningRequest(), peer, Now).Der);

    [Fact]
    public void Judge_FreshLeaf_NamesThePeer()
    {
        using X509Certificate2 leaf = Leaf(_authority, Node);
        Assert.Equal(new PeerVerdict.Accepted(Node), _authority.Trust.Judge(leaf, Now));
        Assert.True(PeerIdentity.TryRead(leaf, out PeerIdentity? identity));
        Assert.Equal("federation://plane-a/agent/eu-cloud/n1", identity.ToString());
    }

    [Fact]
    public void Judge_LeafOfAnotherAuthorityOfTheSameName_IsRefused()
    {
        using var other = PlaneAuthority.Create("plane-a", Now);
        using X509Certificate2 leaf = Leaf(other, Node);
        Assert.IsType<PeerVerdict.Refused>(_authority.Trust.Judge(leaf, Now));
    }

    [Fact]
    public void Judge_AfterItsEnd_IsExpiredThenRefused()
    {
        using X509Certificate2 leaf = Leaf(_authority, Node);
        Assert.IsType<PeerVerdict.Accepted>(_authority.Trust.Judge(leaf, Now.AddHours(24).AddSeconds(-1)));
        Assert.Equal(Node, Assert.IsType<PeerVerdict.Expired>(_authority.Trust.Judge(leaf, Now.AddHours(24))).Peer);
        Assert.IsType<PeerVerdict.Expired>(_authority.Trust.Judge(leaf, Now.AddDays(31).AddSeconds(-1)));
        Assert.IsType<PeerVerdict.Refused>(_authority.Trust.Judge(leaf, Now.AddDays(31).AddSeconds(1)));
    }

    [Fact]
    public void Judge_BeforeItsStart_IsRefused()
    {
        using X509Certificate2 leaf = Leaf(_authority, Node);
        Assert.IsType<PeerVerdict.Accepted>(_authority.Trust.Judge(leaf, Now.AddMinutes(-4)));
        Assert.Contains("not valid before", Assert.IsType<PeerVerdict.Refused>(_authority.Trust.Judge(leaf, Now.AddMinutes(-6))).Reason);
    }

    [Fact]
    public void Judge_TheAuthorityItself_IsRefused()
    {
        using X509Certificate2 root = X509CertificateLoader.LoadCertificate(_authority.Trust.AuthorityDer.Span);
        Assert.IsType<PeerVerdict.Refused>(_authority.Trust.Judge(root, Now));
    }

    [Fact]
    public void Judge_LeafThatSignedAnotherLeaf_IsRefused()
    {
        // A node that uses its own certificate as an authority to name itself a service.
        using X509Certificate2 leaf = Leaf(_authority, Node);
        using X509Certificate2 signer = _key.Bind(leaf.RawData);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=placement", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("federation://plane-a/service/placement"));
        request.CertificateExtensions.Add(names.Build());
        using ECDsa signerKey = signer.GetECDsaPrivateKey()!;
        using X509Certificate2 forged = request.Create(signer.SubjectName, X509SignatureGenerator.CreateForECDsa(signerKey), Now.AddMinutes(-1), Now.AddHours(1), [1, 2, 3]);
        Assert.IsType<PeerVerdict.Refused>(_authority.Trust.Judge(forged, Now));
    }

    [Fact]
    public void Issue_RequestThatClaimsAnotherName_GetsThePeersNameAlone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=placement", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("federation://plane-a/service/placement"));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(_authority.Issue(request.CreateSigningRequest(), Node, Now).Der);
        Assert.Equal(new PeerVerdict.Accepted(Node), _authority.Trust.Judge(leaf, Now));
        Assert.DoesNotContain("placement", leaf.Subject);
    }

    [Fact]
    public void Issue_BrokenRequests_AreRefused()
    {
        byte[] good = _key.CreateSigningRequest();
        byte[] otherSignature = [.. good];
        otherSignature[^1] ^= 1;
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] otherCurve = new CertificateRequest("CN=x", p384, HashAlgorithmName.SHA384).CreateSigningRequest();
        byte[][] bad = [[], [1, 2, 3], otherSignature, [.. good, 0], otherCurve, new byte[PlaneAuthority.MaxSigningRequestBytes + 1], good[..^10]];
        foreach (byte[] request in bad) Assert.ThrowsAny<CryptographicException>(() => _authority.Issue(request, Node, Now));
    }

    [Fact]
    public void Open_WithItsOwnKey_IssuesForTheSamePlane()
    {
        using PlaneAuthority opened = PlaneAuthority.Open(_authority.Trust.AuthorityDer.Span, _authority.ExportPrivateKey());
        using X509Certificate2 leaf = Leaf(opened, new Peer.Service("health"));
        Assert.Equal(new PeerVerdict.Accepted(new Peer.Service("health")), _authority.Trust.Judge(leaf, Now));
        Assert.True(leaf.MatchesHostname("localhost"));
        Assert.True(leaf.MatchesHostname("health"));
    }

    [Fact]
    public void Open_WithAnotherKey_IsRefused()
    {
        using var other = PlaneAuthority.Create("plane-b", Now);
        Assert.Throws<CryptographicException>(() => PlaneAuthority.Open(_authority.Trust.AuthorityDer.Span, other.ExportPrivateKey()));
    }

    [Theory]
    [InlineData("federation://p/agent/c/n", true)]
    [InlineData("federation://p/service/placement", true)]
    [InlineData("federation://p/service/placement/", false)]
    [InlineData("federation://p/service/Placement", false)]
    [InlineData("federation://p/agent/c", false)]
    [InlineData("federation://p/agent/../n", false)]
    [InlineData("federation://p/agent/c/n?x", false)]
    [InlineData("federation://p/agent/c/n%2f", false)]
    [InlineData("https://p/agent/c/n", false)]
    [InlineData("", false)]
    public void TryParse_Uri_IsStrict(string uri, bool valid)
    {
        Assert.Equal(valid, PeerIdentity.TryParse(uri, out PeerIdentity? identity));
        if (valid) Assert.Equal(uri, identity!.ToString());
    }
}
