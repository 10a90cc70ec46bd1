using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>What proves who we are: at most one header, and at most one client certificate. Its text never shows them.</summary>
internal sealed class ClusterCredentials
{
    public static ClusterCredentials None { get; } = new(null, null, null);

    private ClusterCredentials(AuthenticationHeaderValue? header, SslStreamCertificateContext? certificate, string? thumbprint)
    {
        Header = header;
        Certificate = certificate;
        Thumbprint = thumbprint;
    }

    public AuthenticationHeaderValue? Header { get; }

    public SslStreamCertificateContext? Certificate { get; }

    /// <summary>Tells connections of different certificates apart.</summary>
    public string? Thumbprint { get; }

    public static ClusterCredentials Of(string? token, string? userName, string? password, (string Certificate, string Key, string Place)? pair)
    {
        AuthenticationHeaderValue? header = token is not null ? new AuthenticationHeaderValue("Bearer", token)
            : userName is not null ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}")))
            : null;
        if (pair is not { } both) return new ClusterCredentials(header, null, null);
        try
        {
            using X509Certificate2 bare = X509Certificate2.CreateFromPem(both.Certificate, both.Key);
            // A key that is in memory alone is not offered in a handshake.
            X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(both.Certificate);
            chain.RemoveAt(0);
            return new ClusterCredentials(header, SslStreamCertificateContext.Create(certificate, chain, offline: true), certificate.Thumbprint);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubeconfigException($"{both.Place}: the client certificate or its key cannot be read, or they are not of one pair", e);
        }
    }

    /// <summary>Whether a server that refused the one would refuse the other.</summary>
    public bool IsSameAs(ClusterCredentials other) => Equals(Header, other.Header) && Thumbprint == other.Thumbprint;

    public override string ToString() => (Header, Certificate) switch
    {
        (null, null) => "no credentials",
        (null, _) => "a client certificate",
        ({ } header, null) => header.Scheme == "Bearer" ? "a token" : "a name and password",
        _ => "a token and a client certificate",
    };
}
