using System.Security.Cryptography;

namespace Federation.Security.AtRest;

/// <summary>One key-encryption key: 256 bits that wrap data keys and nothing else. Never stored beside what it wraps.</summary>
public sealed class KeyEncryptionKey : IDisposable
{
    /// <summary>Its length.</summary>
    public const int Bytes = 32;

    private readonly byte[] _key;

    /// <summary>Takes the key over; disposal clears it.</summary>
    internal KeyEncryptionKey(byte[] key)
    {
        if (key.Length != Bytes) throw new ArgumentException($"a key-encryption key has {Bytes} bytes, this one has {key.Length}", nameof(key));
        _key = key;
        // One way, and by another use of the key than wrapping: the id tells keys apart and nothing about them.
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "federation kek id"u8))[..16];
    }

    /// <summary>Names the key without revealing it.</summary>
    public string Id { get; }

    internal void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        using var cipher = new AesGcm(_key, tag.Length);
        cipher.Encrypt(nonce, plaintext, ciphertext, tag, associated);
    }

    internal void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        using var cipher = new AesGcm(_key, tag.Length);
        cipher.Decrypt(nonce, ciphertext, tag, plaintext, associated);
    }

    internal ReadOnlySpan<byte> Reveal() => _key;

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
