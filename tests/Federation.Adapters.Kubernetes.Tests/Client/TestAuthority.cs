using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>A certificate authority of a test's own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";

    private int _serial;

    public TestAuthority(string name = "test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate = Request(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private TestAuthority(X509Certificate2 own) => Certificate = own;

    /// <summary>Its own certificate.</summary>
    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>One that this one has signed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expired">Whether it is an hour too old.</param>
    /// <param name="tellsKeys">Whether its certificate and those that it signs say which key is meant, as nearly all do.</param>
    public TestAuthority Intermediate(string name, bool expired = false, bool tellsKeys = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        if (tellsKeys) request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 issued = Sign(request, Until(expired));
        return new TestAuthority(issued.CopyWithPrivateKey(key));
    }

    /// <summary>The other's name and key under this one's signature and for longer, as after a renewal.</summary>
    public TestAuthority Renewed(TestAuthority other)
    {
        using ECDsa key = other.Certificate.GetECDsaPrivateKey()!;
        using X509Certificate2 issued = Sign(Request(other.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), key), DateTimeOffset.UtcNow.AddHours(20));
        return new TestAuthority(issued.CopyWithPrivateKey(key));
    }

    /// <summary>Of a server under these names, with its key.</summary>
    public X509Certificate2 Server(params string[] names) => WithKey(Issue("server", ServerUse, expired: false, [], names));

    /// <summary>Of a server under these names, which says where its issuer's certificate may be fetched.</summary>
    public X509Certificate2 PointingServer(Uri to, params string[] names) => WithKey(Issue("server", ServerUse, expired: false, [new X509AuthorityInformationAccessExtension([], [to.ToString()])], names));

    /// <summary>Of a server under these names, an hour too late.</summary>
    public X509Certificate2 ExpiredServer(params string[] names) => WithKey(Issue("server", ServerUse, expired: true, [], names));

    /// <summary>Of a client of this name, and its key.</summary>
    public (string Certificate, string Key) Client(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", expired: false, []);

    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private static X509Certificate2 WithKey((string Certificate, string Key) issued)
    {
        using X509Certificate2 bare = X509Certificate2.CreateFromPem(issued.Certificate, issued.Key);
        return X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
    }

    private (string Certificate, string Key) Issue(string subject, string purpose, bool expired, X509Extension[] more, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        foreach (X509Extension extension in more) request.CertificateExtensions.Add(extension);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
            if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        if (names.Length > 0) request.CertificateExtensions.Add(alternatives.Build());
        using X509Certificate2 issued = Sign(request, Until(expired));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    // By the key alone: the form that takes the issuer's certificate refuses to sign for when that one is not valid.
    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset until)
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()!;
        if (Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } told) request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(told));
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UtcNow.AddHours(-3), until, [1, (byte)++_serial]);
    }

    private static DateTimeOffset Until(bool expired) => DateTimeOffset.UtcNow.AddHours(expired ? -1 : 1);
}
