using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.Security.Sealing;

namespace Federation.Security.Tests.Sealing;

public sealed class SealedBoxTests : IDisposable
{
    private readonly ECDiffieHellman _recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _content = "hunter2"u8.ToArray();

    public void Dispose() => _recipient.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public void Open_WhatWasSealed_GivesTheContent(int length)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        byte[] box = SealedBox.Seal(_recipient, content, "p");
        Assert.Equal(length + SealedBox.Overhead, box.Length);
        Assert.Equal(content, SealedBox.Open(_recipient, box, "p"));
    }

    [Fact]
    public void Seal_Twice_GivesTwoBoxes() =>
        Assert.NotEqual(SealedBox.Seal(_recipient, _content, "p"), SealedBox.Seal(_recipient, _content, "p"));

    [Fact]
    public void Open_ForAnotherPurposeOrByAnotherKey_Fails()
    {
        byte[] box = SealedBox.Seal(_recipient, _content, SealedBox.MaterialPurpose("Secret", "db", 3));
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<CryptographicException>(() => SealedBox.Open(_recipient, box, SealedBox.MaterialPurpose("Secret", "db", 4)));
        Assert.Throws<CryptographicException>(() => SealedBox.Open(other, box, SealedBox.MaterialPurpose("Secret", "db", 3)));
    }

    [Fact]
    public void Open_AnyByteChangedOrCut_Fails()
    {
        byte[] box = SealedBox.Seal(_recipient, _content, "p");
        for (int i = 0; i < box.Length; i++)
        {
            byte[] changed = [.. box];
            changed[i] ^= 0x10;
            Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(_recipient, changed, "p"));
            Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(_recipient, box[..i], "p"));
        }
    }

    [Fact]
    public void Open_PointOffTheCurve_Fails()
    {
        byte[] box = SealedBox.Seal(_recipient, _content, "p");
        box.AsSpan(2, 64).Clear();
        Assert.ThrowsAny<CryptographicException>(() => SealedBox.Open(_recipient, box, "p"));
    }

    [Fact]
    public void Seal_ToAnAgentsCertificate_OpensWithTheMachinesKey_AfterRenewalToo()
    {
        using var authority = PlaneAuthority.Create("p", DateTimeOffset.UtcNow);
        using var key = MachineKey.Create();
        var peer = new Peer.Agent(new NodeKey(new("c"), new("n")));
        using X509Certificate2 first = X509CertificateLoader.LoadCertificate(authority.Issue(key.CreateSigningRequest(), peer, DateTimeOffset.UtcNow).Der);
        byte[] box = SealedBox.Seal(first, _content, "p");
        using X509Certificate2 renewed = X509CertificateLoader.LoadCertificate(authority.Issue(key.CreateSigningRequest(), peer, DateTimeOffset.UtcNow).Der);
        Assert.NotEqual(first.SerialNumber, renewed.SerialNumber);
        Assert.Equal(_content, key.Open(box, "p"));
    }
}
