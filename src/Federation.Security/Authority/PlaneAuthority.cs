using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;
using Federation.Security.Principals;

namespace Federation.Security.Authority;

/// <summary>
/// A plane's certificate authority: ECDSA on P-256, self-signed. Only Identity holds one. It signs leaves alone (path length 0),
/// each naming one <see cref="Peer"/>, whatever the request's own subject says. Thread-safe.
/// </summary>
public sealed class PlaneAuthority : IDisposable
{
    /// <summary>A leaf's lifetime.</summary>
    public static TimeSpan LeafLifetime { get; } = TimeSpan.FromHours(24);

    /// <summary>The largest PKCS#10 request that is read, in bytes.</summary>
    public const int MaxSigningRequestBytes = 8 * 1024;

    // Machines' clocks differ a little; a fresh certificate must serve at once on one that runs behind.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(365 * 20);

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    private PlaneAuthority(X509Certificate2 certificate, ECDsa key)
    {
        _certificate = certificate;
        _key = key;
        Trust = PlaneTrust.FromDer(certificate.RawData);
    }

    /// <summary>What others need to check this authority's certificates.</summary>
    public PlaneTrust Trust { get; }

    /// <summary>Makes a new plane's authority.</summary>
    /// <param name="plane">The plane's id, a name.</param>
    /// <param name="now">The present time.</param>
    public static PlaneAuthority Create(string plane, DateTimeOffset now)
    {
        if (Name.Violation(plane) is { } rule) throw new ArgumentException($"plane id '{plane}': {rule}", nameof(plane));
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(DistinguishedName("authority", plane), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri($"{PeerIdentity.Scheme}://{plane}{PlaneTrust.AuthorityPath}"));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.Create(
            request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now - ClockSkew, now + AuthorityLifetime, NewSerial());
        return new(X509CertificateLoader.LoadCertificate(made.RawData), key);
    }

    /// <summary>Opens an authority from its certificate and its private key.</summary>
    /// <param name="certificate">DER.</param>
    /// <param name="privateKey">PKCS#8; the caller clears it.</param>
    /// <exception cref="CryptographicException">The two do not belong together.</exception>
    public static PlaneAuthority Open(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> privateKey)
    {
        X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(certificate);
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        if (!loaded.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            key.Dispose();
            throw new CryptographicException("the private key is not the authority certificate's");
        }
        return new(loaded, key);
    }

    /// <summary>The private key, PKCS#8, to be sealed at rest; the caller clears it.</summary>
    public byte[] ExportPrivateKey()
    {
        lock (_gate) return _key.ExportPkcs8PrivateKey();
    }

    /// <summary>Issues a leaf to the holder of the request's key.</summary>
    /// <param name="signingRequest">PKCS#10, DER; its signature is checked, all but its key is ignored.</param>
    /// <param name="peer">Whom the certificate names; the caller has made sure of it.</param>
    /// <param name="now">The present time.</param>
    public IssuedLeaf Issue(ReadOnlySpan<byte> signingRequest, Peer peer, DateTimeOffset now)
    {
        PublicKey key = ReadRequestKey(signingRequest);
        var identity = new PeerIdentity(Trust.Plane, peer);
        string common = peer switch
        {
            Peer.Agent agent => agent.Node.Node.Value,
            Peer.Service service => service.Name,
            _ => throw new ArgumentException($"no certificate form for {peer.GetType().Name}", nameof(peer)),
        };
        var request = new CertificateRequest(DistinguishedName(common, Trust.Plane), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        // Key agreement: secrets are sealed to this key.
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity.ToString()));
        if (peer is Peer.Service { Name: var dnsName })
        {
            names.AddDnsName(dnsName);
            names.AddDnsName("localhost");
        }
        request.CertificateExtensions.Add(names.Build());

        byte[] serial = NewSerial();
        DateTimeOffset notAfter = now + LeafLifetime;
        lock (_gate)
        {
            using X509Certificate2 leaf = request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - ClockSkew, notAfter, serial);
            return new(leaf.RawData, Convert.ToHexStringLower(serial), notAfter);
        }
    }

    /// <summary>Reads and checks the key of a PKCS#10 request: its signature must hold and the key be on P-256.</summary>
    /// <exception cref="CryptographicException">It breaks one of these rules; the message names it.</exception>
    public static PublicKey ReadRequestKey(ReadOnlySpan<byte> signingRequest)
    {
        if (signingRequest.Length is 0 or > MaxSigningRequestBytes)
            throw new CryptographicException($"a signing request has 1 to {MaxSigningRequestBytes} bytes, this one has {signingRequest.Length}");
        var request = CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256, out int read, CertificateRequestLoadOptions.Default);
        if (read != signingRequest.Length) throw new CryptographicException("bytes follow the signing request");
        using ECDsa? key = request.PublicKey.GetECDsaPublicKey();
        if (key is null || key.ExportParameters(false).Curve.Oid?.Value != "1.2.840.10045.3.1.7")
            throw new CryptographicException("the signing request's key is not on the curve P-256");
        return request.PublicKey;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }

    private static X500DistinguishedName DistinguishedName(string common, string plane)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddOrganizationName("Federation " + plane);
        builder.AddCommonName(common);
        return builder.Build();
    }

    // 127 random bits: positive, and never twice.
    private static byte[] NewSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        return serial;
    }
}
