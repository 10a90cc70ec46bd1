using System.Security.Cryptography.X509Certificates;

namespace Federation.Engine.Connecting;

/// <summary>Mutual TLS with an engine: whom it must be signed by, and who we are. Owns its certificates.</summary>
public sealed class EngineTls : IDisposable
{
    /// <summary>Takes over the certificates.</summary>
    /// <param name="authority">Signs the engine's certificate; the system's authorities do not count.</param>
    /// <param name="client">Ours, with its private key.</param>
    public EngineTls(X509Certificate2 authority, X509Certificate2 client)
    {
        Authority = authority;
        Client = client;
    }

    /// <summary>Signs the engine's certificate.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>Ours, with its private key.</summary>
    public X509Certificate2 Client { get; }

    /// <summary>Reads <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, as the docker command lays them into one folder.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate or key.</exception>
    public static EngineTls Read(string folder)
    {
        using X509Certificate2 bare = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        // A key that is in memory alone is not offered in a handshake.
        X509Certificate2 client = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
        return new EngineTls(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem")), client);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        Client.Dispose();
    }

    // The engine's own names are checked as ever; only whom its certificate must come from is ours to say.
    internal bool Trusts(X509Certificate? certificate, System.Net.Security.SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var presented = new X509Certificate2(certificate);
        return chain.Build(presented);
    }
}
