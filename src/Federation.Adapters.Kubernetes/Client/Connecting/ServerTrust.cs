using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>Whom an API server's certificate must come from.</summary>
internal sealed class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly Func<X509Certificate2Collection>? _authorities;
    private readonly bool _anyone;

    private ServerTrust(Func<X509Certificate2Collection>? authorities, bool anyone)
    {
        _authorities = authorities;
        _anyone = anyone;
    }

    /// <summary>Any certificate will do.</summary>
    public static ServerTrust Anyone { get; } = new(null, anyone: true);

    /// <summary>The system's authorities.</summary>
    public static ServerTrust System { get; } = new(null, anyone: false);

    /// <summary>The authorities of a PEM text, alone. Each certificate in it is one, also where another has signed it that is not there.</summary>
    /// <exception cref="KubeconfigException">It holds none.</exception>
    public static ServerTrust Of(string pem, string place)
    {
        X509Certificate2Collection authorities = Import(pem, place);
        return new ServerTrust(() => authorities, anyone: false);
    }

    /// <summary>The authorities of a PEM file, alone, as it is at each handshake: it may be rotated under us.</summary>
    /// <exception cref="KubeconfigException">It cannot be read, or holds none.</exception>
    public static ServerTrust OfFile(string file)
    {
        Read();
        return new ServerTrust(Read, anyone: false);

        X509Certificate2Collection Read()
        {
            try
            {
                return Import(File.ReadAllText(file), file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new KubeconfigException($"{file}, which holds the certificate authority, cannot be read: {e.Message}", e);
            }
        }
    }

    public bool Accepts(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (_anyone) return true;
        if (certificate is null) return false;
        if (_authorities is null) return errors == SslPolicyErrors.None;
        // The name is checked as ever; only whom the certificate must come from is ours to say.
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        X509Certificate2Collection authorities = _authorities();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        // From where would be for a server to say that may be anyone yet.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Skip(1).Select(static element => element.Certificate).ToArray());
        using var shown = new X509Certificate2(certificate);
        if (chain.Build(shown)) return true;
        // To kubectl whatever it is given is an authority; to .NET only what has signed itself: of a chain through one of the others it says that its end is missing, or is not ours. Signatures, names, times and
        // uses have been checked all the same, and any other fault is one here too. What stands in the chain has signed what stands below it.
        X509ChainStatusFlags faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        return faults is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot
            && chain.ChainElements.Any(element => IsCurrent(element.Certificate) && authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)));
    }

    // Of the last certificate in a chain without end OpenSSL looks at everything but its times. By the clock that it goes by for the others.
    private static bool IsCurrent(X509Certificate2 certificate)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return certificate.NotBefore.ToUniversalTime() <= now && now <= certificate.NotAfter.ToUniversalTime();
    }

    private static X509Certificate2Collection Import(string pem, string place)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"{place} holds no certificate that can be read", e);
        }
        return authorities.Count > 0 ? authorities : throw new KubeconfigException($"{place} holds no certificate (BEGIN CERTIFICATE)");
    }
}
