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

    /// <summary>The authorities of a PEM text, alone.</summary>
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
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (presented is not null) chain.ChainPolicy.ExtraStore.AddRange(presented.ChainElements.Skip(1).Select(static element => element.Certificate).ToArray());
        using var shown = new X509Certificate2(certificate);
        return chain.Build(shown);
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
