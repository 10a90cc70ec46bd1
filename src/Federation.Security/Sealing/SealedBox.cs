using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Federation.Security.Sealing;

/// <summary>
/// Content that one certificate's holder alone can open: ephemeral ECDH on P-256, HKDF-SHA256, AES-256-GCM (ECIES). The key is bound to the
/// recipient's key, to the ephemeral one and to the purpose: a box opened for another purpose than it was sealed for fails.
/// Layout: version (1) | ephemeral point, uncompressed (65) | ciphertext | tag (16). The nonce comes from the key derivation: the key serves once.
/// </summary>
public static class SealedBox
{
    /// <summary>How many bytes a box has more than its content.</summary>
    public const int Overhead = 1 + PointBytes + TagBytes;

    private const byte Version = 1;
    private const int PointBytes = 65;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly byte[] Label = "federation sealed box 1"u8.ToArray();

    /// <summary>The purpose of a Secret's or Config's version on its way to an agent.</summary>
    public static string MaterialPurpose(string kind, string name, int version) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"material/{kind}/{name}/{version}");

    /// <summary>Seals to a certificate's key. The caller has made sure of the certificate.</summary>
    /// <exception cref="CryptographicException">The certificate's key is not on P-256.</exception>
    public static byte[] Seal(X509Certificate2 recipient, ReadOnlySpan<byte> plaintext, string purpose)
    {
        using ECDiffieHellman? key = recipient.GetECDiffieHellmanPublicKey();
        if (key is null) throw new CryptographicException("the recipient's key is not on the curve P-256");
        return Seal(key, plaintext, purpose);
    }

    /// <summary>Seals to a public key on P-256.</summary>
    public static byte[] Seal(ECDiffieHellman recipient, ReadOnlySpan<byte> plaintext, string purpose)
    {
        byte[] recipientPoint = Point(recipient);
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using ECDiffieHellmanPublicKey recipientKey = recipient.PublicKey;

        byte[] box = new byte[Overhead + plaintext.Length];
        box[0] = Version;
        byte[] ephemeralPoint = Point(ephemeral);
        ephemeralPoint.CopyTo(box, 1);
        byte[] secret = ephemeral.DeriveRawSecretAgreement(recipientKey);
        Span<byte> material = stackalloc byte[KeyBytes + NonceBytes];
        try
        {
            Derive(secret, ephemeralPoint, recipientPoint, purpose, material);
            using var cipher = new AesGcm(material[..KeyBytes], TagBytes);
            cipher.Encrypt(material[KeyBytes..], plaintext, box.AsSpan(1 + PointBytes, plaintext.Length), box.AsSpan(1 + PointBytes + plaintext.Length), box.AsSpan(0, 1 + PointBytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(material);
        }
        return box;
    }

    /// <summary>Opens a box with the recipient's private key. The caller clears the content.</summary>
    /// <exception cref="CryptographicException">It was sealed to another key or for another purpose, or was changed.</exception>
    public static byte[] Open(ECDiffieHellman privateKey, ReadOnlySpan<byte> box, string purpose)
    {
        if (box.Length < Overhead || box[0] != Version || box[1] != 4) throw new CryptographicException("this is no sealed box of version 1");
        byte[] ephemeralPoint = box.Slice(1, PointBytes).ToArray();
        using ECDiffieHellman ephemeral = FromPoint(ephemeralPoint);
        using ECDiffieHellmanPublicKey ephemeralKey = ephemeral.PublicKey;
        byte[] recipientPoint = Point(privateKey);
        byte[] secret = privateKey.DeriveRawSecretAgreement(ephemeralKey);
        Span<byte> material = stackalloc byte[KeyBytes + NonceBytes];
        byte[] plaintext = new byte[box.Length - Overhead];
        try
        {
            Derive(secret, ephemeralPoint, recipientPoint, purpose, material);
            using var cipher = new AesGcm(material[..KeyBytes], TagBytes);
            cipher.Decrypt(material[KeyBytes..], box.Slice(1 + PointBytes, plaintext.Length), box[^TagBytes..], plaintext, box[..(1 + PointBytes)]);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new CryptographicException("the sealed box is for another key or purpose, or was changed", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(material);
        }
    }

    private static void Derive(byte[] secret, byte[] ephemeralPoint, byte[] recipientPoint, string purpose, Span<byte> output)
    {
        byte[] info = [.. Label, .. SHA256.HashData(ephemeralPoint), .. SHA256.HashData(recipientPoint), .. Encoding.UTF8.GetBytes(purpose)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, output, salt: [], info);
    }

    private static byte[] Point(ECDiffieHellman key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        if (parameters.Q.X is not { Length: 32 } x || parameters.Q.Y is not { Length: 32 } y) throw new CryptographicException("the key is not on the curve P-256");
        return [4, .. x, .. y];
    }

    // Importing refuses a point that is not on the curve, which would leak the private key.
    private static ECDiffieHellman FromPoint(byte[] point) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33], Y = point[33..65] },
    });
}
