using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Federation.Security.Authority;
using Federation.Security.Principals;

namespace Federation.Security.Enrollment;

/// <summary>The machine's certificate at one moment, ready for TLS. Immutable; never disposed while a handshake may use it.</summary>
public sealed class KeptCertificate
{
    internal KeptCertificate(PlaneTrust trust, X509Certificate2 certificate, Peer self)
    {
        Trust = trust;
        Certificate = certificate;
        Self = self;
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>The plane's authority.</summary>
    public PlaneTrust Trust { get; }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Whom it names: this machine.</summary>
    public Peer Self { get; }

    /// <summary>The certificate prepared for <see cref="SslStream"/>.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset NotAfter => Certificate.NotAfter;

    /// <summary>When it should be renewed: at two thirds of its life.</summary>
    public DateTimeOffset RenewAt => new DateTimeOffset(Certificate.NotBefore) + (Certificate.NotAfter - Certificate.NotBefore) * (2.0 / 3);
}
