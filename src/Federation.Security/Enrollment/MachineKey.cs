using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Security.Files;
using Federation.Security.Sealing;

namespace Federation.Security.Enrollment;

/// <summary>
/// A machine's own key pair (P-256), which never leaves it: it proves who the machine is and opens what is sealed to it. It outlives its certificates, so that
/// what was sealed to an earlier certificate, and is kept for a reboot, still opens. Thread-safe.
/// </summary>
public sealed class MachineKey : IDisposable
{
    private readonly ECDsa _signing;
    private readonly ECDiffieHellman _agreement;
    private readonly Lock _gate = new();

    private MachineKey(ECDsa signing)
    {
        _signing = signing;
        ECParameters parameters = signing.ExportParameters(includePrivateParameters: true);
        _agreement = ECDiffieHellman.Create(parameters);
        CryptographicOperations.ZeroMemory(parameters.D);
    }

    /// <summary>Makes a key that is kept nowhere.</summary>
    public static MachineKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Opens the key in a file, or makes one there, readable for the owner alone.</summary>
    /// <exception cref="CryptographicException">The file holds no key on P-256.</exception>
    /// <exception cref="UnauthorizedAccessException">Others than the owner may read the file.</exception>
    public static MachineKey OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            MachineKey made = Create();
            byte[] pkcs8 = made._signing.ExportPkcs8PrivateKey();
            char[] pem = PemEncoding.Write("PRIVATE KEY", pkcs8);
            byte[] text = System.Text.Encoding.ASCII.GetBytes(pem);
            DurableFile.Replace(path, text);
            CryptographicOperations.ZeroMemory(pkcs8);
            CryptographicOperations.ZeroMemory(text);
            Array.Clear(pem);
            return made;
        }
        DurableFile.RequirePrivate(path);
        var signing = ECDsa.Create();
        try
        {
            signing.ImportFromPem(File.ReadAllText(path));
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"{path} holds no private key", e);
        }
        return new(signing);
    }

    /// <summary>A PKCS#10 request for this key, DER. Its subject says nothing: the authority decides whom it names.</summary>
    public byte[] CreateSigningRequest()
    {
        lock (_gate) return new CertificateRequest("CN=federation", _signing, HashAlgorithmName.SHA256).CreateSigningRequest();
    }

    /// <summary>A certificate of this key, together with the key, for TLS.</summary>
    /// <exception cref="CryptographicException">The certificate is another key's.</exception>
    public X509Certificate2 Bind(ReadOnlySpan<byte> certificate)
    {
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(certificate);
        try
        {
            lock (_gate) return bare.CopyWithPrivateKey(_signing);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("the certificate is not of this machine's key", e);
        }
    }

    /// <summary>Opens a box that was sealed to a certificate of this key. The caller clears the content.</summary>
    /// <exception cref="CryptographicException">It was sealed to another key or for another purpose, or was changed.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, string purpose)
    {
        lock (_gate) return SealedBox.Open(_agreement, box, purpose);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signing.Dispose();
        _agreement.Dispose();
    }
}
