using System.Security.Cryptography;

namespace Federation.Security.Tokens;

/// <summary>A key that signs tokens: ECDSA on P-256. Only Identity holds one. Thread-safe.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    private SigningKey(ECDsa key)
    {
        _key = key;
        Public = PublicSigningKey.From(key);
    }

    /// <summary>What verifies its signatures.</summary>
    public PublicSigningKey Public { get; }

    /// <summary>Makes a new key.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Opens a key from PKCS#8; the caller clears it.</summary>
    public static SigningKey Open(ReadOnlySpan<byte> privateKey)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return new(key);
    }

    /// <summary>The private key, PKCS#8, to be sealed at rest; the caller clears it.</summary>
    public byte[] ExportPrivateKey()
    {
        lock (_gate) return _key.ExportPkcs8PrivateKey();
    }

    internal byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_gate) return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
