using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;

namespace Federation.Security.Tls;

/// <summary>TLS by the plane's rules: version 1.2 or newer, the plane's authority as only root, and a server known by its peer name, not by its address.</summary>
public static class PlaneTls
{
    /// <summary>
    /// What a server offers a connection. A client's certificate is asked for and not demanded: the call decides who may make it, and Enroll needs none.
    /// A certificate that is shown must hold; an expired one may pass the handshake (for Renew) and is refused by every other call.
    /// </summary>
    public static SslServerAuthenticationOptions ForServer(KeptCertificate current, TimeProvider time, params SslApplicationProtocol[] protocols) => new()
    {
        ServerCertificateContext = current.Context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicy(current.Trust),
        // A resumed session would carry an old judgement of the client's certificate.
        AllowTlsResume = false,
        ApplicationProtocols = [.. protocols],
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is null || current.Trust.Judge(AsCertificate2(certificate), time.GetUtcNow()) is not PeerVerdict.Refused,
    };

    /// <summary>What a client with a certificate of its own demands of a service. The certificate is taken anew for each connection.</summary>
    /// <param name="current">This machine's newest certificate; null while it has none, which fails the connection.</param>
    /// <param name="service">The service's name; any service of the plane if null.</param>
    /// <param name="time">The clock.</param>
    public static SslClientAuthenticationOptions ForClient(Func<KeptCertificate?> current, string? service, TimeProvider time)
    {
        var options = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowTlsResume = false,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => current()?.Certificate!,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => current() is { } kept && IsService(kept.Trust, certificate, service, time),
        };
        return options;
    }

    /// <summary>What a client demands that knows the authority and has no certificate yet.</summary>
    public static SslClientAuthenticationOptions ForEnrollment(PlaneTrust trust, string service, TimeProvider time) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => IsService(trust, certificate, service, time),
    };

    /// <summary>
    /// For a client that knows only the authority's hash: accepts any server. Nothing secret may be sent, and nothing that is received may be believed
    /// but an authority's certificate of that hash.
    /// </summary>
    public static SslClientAuthenticationOptions ForFirstContact() => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    private static bool IsService(PlaneTrust trust, X509Certificate? certificate, string? service, TimeProvider time) =>
        certificate is not null
        && trust.Judge(AsCertificate2(certificate), time.GetUtcNow()) is PeerVerdict.Accepted { Peer: Peer.Service peer }
        && (service is null || peer.Name == service);

    private static X509Certificate2 AsCertificate2(X509Certificate certificate) =>
        certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());

    private static X509ChainPolicy ChainPolicy(PlaneTrust trust)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(trust.AuthorityDer.Span));
        return policy;
    }
}
