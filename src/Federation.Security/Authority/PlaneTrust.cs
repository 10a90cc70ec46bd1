using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Identifiers;
using Federation.Security.Principals;

namespace Federation.Security.Authority;

/// <summary>
/// The public half of a plane's authority: its certificate, the only root that is trusted, whatever the machine's own store holds.
/// Revocation is Identity's: certificates live a day, and a revoked one is not renewed. Thread-safe.
/// </summary>
public sealed class PlaneTrust
{
    /// <summary>How long after its end a certificate may still be renewed by proof of its key.</summary>
    public static TimeSpan RenewalGrace { get; } = TimeSpan.FromDays(30);

    /// <summary>What follows the plane in the authority's own URI.</summary>
    internal const string AuthorityPath = "/authority";

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2 _authority;

    private PlaneTrust(X509Certificate2 authority, string plane)
    {
        _authority = authority;
        Plane = plane;
        AuthorityDer = authority.RawData;
        AuthorityHash = Convert.ToHexStringLower(SHA256.HashData(authority.RawData));
    }

    /// <summary>The plane's id, as the authority's certificate says.</summary>
    public string Plane { get; }

    /// <summary>The authority's certificate, DER.</summary>
    public ReadOnlyMemory<byte> AuthorityDer { get; }

    /// <summary>SHA-256 of <see cref="AuthorityDer"/> in lower-case hexadecimal: what join tokens pin.</summary>
    public string AuthorityHash { get; }

    /// <summary>The authority's certificate as PEM text.</summary>
    public string ExportPem() => _authority.ExportCertificatePem() + "\n";

    /// <summary>Reads an authority's certificate.</summary>
    /// <exception cref="CryptographicException">It is no certificate, or not one of a plane's authority.</exception>
    public static PlaneTrust FromDer(ReadOnlySpan<byte> der) => From(X509CertificateLoader.LoadCertificate(der));

    /// <summary>Reads an authority's certificate from PEM text.</summary>
    /// <exception cref="CryptographicException">It is no certificate, or not one of a plane's authority.</exception>
    public static PlaneTrust FromPem(string pem)
    {
        try
        {
            return From(X509Certificate2.CreateFromPem(pem));
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("the text holds no certificate", e);
        }
    }

    private static PlaneTrust From(X509Certificate2 certificate)
    {
        const string prefix = PeerIdentity.Scheme + "://";
        string? uri = PeerIdentity.SingleUri(certificate);
        string? plane = uri is not null && uri.StartsWith(prefix, StringComparison.Ordinal) && uri.EndsWith(AuthorityPath, StringComparison.Ordinal)
            ? uri[prefix.Length..^AuthorityPath.Length]
            : null;
        if (Name.Violation(plane) is not null) throw new CryptographicException("the certificate is not one of a plane's authority: it names no plane");
        return new(certificate, plane!);
    }

    /// <summary>Judges a certificate that a peer presented, as a client or as a server.</summary>
    /// <param name="certificate">The leaf. That the peer holds its key is the TLS handshake's proof, not this method's.</param>
    /// <param name="now">The present time.</param>
    public PeerVerdict Judge(X509Certificate2 certificate, DateTimeOffset now)
    {
        DateTimeOffset notBefore = certificate.NotBefore;
        DateTimeOffset notAfter = certificate.NotAfter;
        if (now < notBefore) return new PeerVerdict.Refused($"the certificate is not valid before {notBefore.UtcDateTime:O}");
        bool expired = now >= notAfter;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTimeIgnored = false;
        // An expired certificate is judged as of its last second: all but its age must hold.
        chain.ChainPolicy.VerificationTime = expired ? certificate.NotAfter.AddSeconds(-1) : now.LocalDateTime;
        if (!chain.Build(certificate))
            return new PeerVerdict.Refused("the certificate was not issued by this plane's authority: " + string.Join("; ", chain.ChainStatus.Select(status => status.Status)));
        if (chain.ChainElements.Count != 2 || !chain.ChainElements[1].Certificate.RawDataMemory.Span.SequenceEqual(AuthorityDer.Span))
            return new PeerVerdict.Refused("the certificate is not a leaf of this plane's authority");

        if (!PeerIdentity.TryRead(certificate, out PeerIdentity? identity)) return new PeerVerdict.Refused("the certificate names no peer");
        if (identity.Plane != Plane) return new PeerVerdict.Refused($"the certificate is of the plane '{identity.Plane}', this is '{Plane}'");
        if (!expired) return new PeerVerdict.Accepted(identity.Peer);
        return now - notAfter <= RenewalGrace
            ? new PeerVerdict.Expired(identity.Peer, notAfter)
            : new PeerVerdict.Refused($"the certificate expired at {notAfter.UtcDateTime:O}, more than {RenewalGrace.TotalDays:0} days ago");
    }
}
