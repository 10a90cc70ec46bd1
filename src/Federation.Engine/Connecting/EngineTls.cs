using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Federation.Engine.Connecting;

/// <summary>Mutual TLS with an engine: whom it must be signed by, and who we are. Owns its certificates.</summary>
public sealed class EngineTls : IDisposable
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private readonly X509Certificate2Collection _authorities = [];
    private readonly X509Certificate2Collection _shown = [];
    private readonly X509Certificate2 _client;

    private EngineTls(string folder)
    {
        using X509Certificate2 bare = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        // A key that is in memory alone is not offered in a handshake.
        _client = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
        _shown.ImportFromPemFile(Path.Combine(folder, "cert.pem"));
        _authorities.ImportFromPemFile(Path.Combine(folder, "ca.pem"));
        if (_authorities.Count == 0) throw new CryptographicException("ca.pem holds no certificate");
    }

    /// <summary>
    /// Reads <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>, as the docker command lays them into one folder. Each authority in <c>ca.pem</c> may sign the engine's certificate, and the system's
    /// do not count; what follows ours in <c>cert.pem</c> is shown with it.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key.</exception>
    public static EngineTls Read(string folder) => new(folder);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _authorities.Concat(_shown)) certificate.Dispose();
        _client.Dispose();
    }

    internal SslClientAuthenticationOptions Options() => new()
    {
        // Shown whoever asks for it: an engine that wants another one says so itself.
        ClientCertificateContext = SslStreamCertificateContext.Create(_client, _shown, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, sent, errors) => Trusts(certificate, sent, errors),
    };

    // Why a connection that broke did so, where the reason is our certificate; null where it is not.
    internal string? Explain(Exception cause, DateTimeOffset now)
    {
        // Alerts are told as errors of the library that speaks TLS, in its words.
        if (cause is not CryptographicException || !(cause.Message.Contains("certificate", StringComparison.Ordinal) || cause.Message.Contains("unknown ca", StringComparison.Ordinal))) return null;
        string why = now < _client.NotBefore || now > _client.NotAfter ? Validity(_client) : $"is of {_client.Issuer}";
        return $"it refuses our certificate, {_client.Subject}, which {why} ({cause.Message[(cause.Message.LastIndexOf(':') + 1)..].Trim()})";
    }

    // The engine's own names are checked as ever; whom its certificate must come from is ours to say. A refusal is told by its reason: the framework's own has none.
    private bool Trusts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null) throw new AuthenticationException("it shows no certificate");
        using var presented = new X509Certificate2(certificate);
        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0) throw new AuthenticationException($"its certificate, {presented.Subject}, is for other names than the address");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.ApplicationPolicy.Add(ServerUse);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Whoever listens there does not tell us what to fetch.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        bool trusted = chain.Build(presented);
        try
        {
            return trusted ? true : throw new AuthenticationException(Distrust(presented, chain));
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private static string Distrust(X509Certificate2 presented, X509Chain chain)
    {
        X509ChainStatusFlags all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (flags, one) => flags | one.Status);
        if ((all & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0) return $"its certificate, {presented.Subject}, is of {presented.Issuer}, whom ca.pem does not lead to";
        if ((all & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            X509Certificate2 late = chain.ChainElements.First(static element => element.ChainElementStatus.Any(static one => one.Status == X509ChainStatusFlags.NotTimeValid)).Certificate;
            return $"its certificate, {late.Subject}, {Validity(late)}";
        }
        return $"its certificate, {presented.Subject}, is not accepted: {string.Join(", ", chain.ChainStatus.Select(static one => one.StatusInformation.Trim()))}";
    }

    private static string Validity(X509Certificate2 certificate) =>
        string.Create(CultureInfo.InvariantCulture, $"is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}");
}
