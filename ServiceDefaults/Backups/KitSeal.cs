using System.Security.Cryptography;
using Federation.Contracts.Api;
using Federation.Security.Sealing;

namespace Federation.ServiceDefaults.Backups;

/// <summary>Seals a service's part of the offline kit to the key of whoever makes the kit.</summary>
public static class KitSeal
{
    /// <summary>What a request must meet.</summary>
    public const string Rule = "recipient is a public key on P-256 (SubjectPublicKeyInfo, DER, base64)";

    /// <summary>The sealed part; null if the request holds no usable key.</summary>
    public static KitReply? TrySeal(KitRequest request, ReadOnlySpan<byte> content, string purpose)
    {
        if (request?.Recipient is not { Length: > 0 and < 1024 } encoded) return null;
        using var recipient = ECDiffieHellman.Create();
        try
        {
            recipient.ImportSubjectPublicKeyInfo(encoded, out int read);
            if (read != encoded.Length || recipient.ExportParameters(false).Curve.Oid.Value != "1.2.840.10045.3.1.7") return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
        return new KitReply(SealedBox.Seal(recipient, content, purpose));
    }
}
