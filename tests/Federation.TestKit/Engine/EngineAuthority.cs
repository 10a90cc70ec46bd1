using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Federation.TestKit.Engine;

/// <summary>Signs the certificates of engines on TCP and of who asks them.</summary>
public sealed class EngineAuthority : IDisposable
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");
    private readonly EngineAuthority? _above;
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes one.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="above">The authority that signs it; null if it signs itself.</param>
    public EngineAuthority(string name, EngineAuthority? above = null)
    {
        _above = above;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key, authority: true);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-3 + (above is null ? 0 : 1));
        if (above is null)
        {
            _certificate = request.CreateSelfSigned(from, from.AddDays(7));
            return;
        }
        using X509Certificate2 bare = request.Create(above._certificate, from, from.AddDays(5), RandomNumberGenerator.GetBytes(8));
        _certificate = bare.CopyWithPrivateKey(key);
    }

    /// <summary>Its certificate, as PEM.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Writes what an engine at these addresses needs: <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, each with all that is between it and the topmost authority.</summary>
    public void WriteServer(string folder, IPAddress[] addresses, DateTimeOffset? until = null) => Write(folder, "engine", ServerUse, addresses, until);

    /// <summary>Writes what one needs that asks the engines, in the docker command's names.</summary>
    public void WriteClient(string folder, DateTimeOffset? until = null) => Write(folder, "agent", ClientUse, [], until);

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key, bool authority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        return request;
    }

    private void Write(string folder, string name, Oid use, IPAddress[] addresses, DateTimeOffset? until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key, authority: false);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([use], critical: false));
        if (addresses.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (IPAddress address in addresses) names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }
        DateTimeOffset end = until ?? DateTimeOffset.UtcNow.AddDays(1);
        using X509Certificate2 certificate = request.Create(_certificate, end.AddDays(-2), end, RandomNumberGenerator.GetBytes(8));
        EngineAuthority top = this;
        string between = "";
        for (; top._above is { } above; top = above) between += "\n" + top.Pem;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), top.Pem);
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem() + between);
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
