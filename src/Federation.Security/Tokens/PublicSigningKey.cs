using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Federation.Security.Tokens;

/// <summary>The public half of a token-signing key (ES256).</summary>
public sealed class PublicSigningKey
{
    private readonly ECParameters _parameters;

    // OpenSSL's key objects are not for concurrent use, and to make one costs more than to check a signature: as many as were ever used at once wait for the next.
    private readonly ConcurrentBag<ECDsa> _idle = [];

    private PublicSigningKey(byte[] x, byte[] y)
    {
        _parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        // Refuses a point that is not on the curve.
        _idle.Add(ECDsa.Create(_parameters));
        X = Base64Url.EncodeToString(x);
        Y = Base64Url.EncodeToString(y);
        KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));
    }

    /// <summary>The RFC 7638 thumbprint of the key.</summary>
    public string KeyId { get; }

    /// <summary>The point's first coordinate, base64url.</summary>
    public string X { get; }

    /// <summary>The point's second coordinate, base64url.</summary>
    public string Y { get; }

    /// <summary>The public half of a key on P-256.</summary>
    public static PublicSigningKey From(ECDsa key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return new(parameters.Q.X!, parameters.Q.Y!);
    }

    /// <summary>Reads the two coordinates of a JSON web key.</summary>
    /// <exception cref="CryptographicException">They are no point on the curve.</exception>
    public static PublicSigningKey FromCoordinates(string x, string y)
    {
        byte[]? xBytes = StrictBase64Url.Decode(x);
        byte[]? yBytes = StrictBase64Url.Decode(y);
        if (xBytes is not { Length: 32 } || yBytes is not { Length: 32 }) throw new CryptographicException("a P-256 coordinate is 32 bytes in base64url");
        return new(xBytes, yBytes);
    }

    /// <summary>Checks a signature in the fixed-length form that JWS uses (r and s, 32 bytes each).</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        ECDsa key = _idle.TryTake(out ECDsa? idle) ? idle : ECDsa.Create(_parameters);
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            _idle.Add(key);
        }
    }
}
