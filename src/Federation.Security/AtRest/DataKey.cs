using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federation.Security.AtRest;

/// <summary>
/// A key that encrypts documents of one scope (a tenant) with AES-256-GCM. Each box is bound to its address: moved to another document it does not open.
/// Layout: version (1) | data key id (8) | nonce (12) | ciphertext | tag (16). Nonces are random: a key serves at most 2^32 boxes, and is rotated long before. Thread-safe.
/// </summary>
public sealed class DataKey : IDisposable
{
    private const byte Version = 1;
    private const int IdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + IdBytes + NonceBytes;

    private readonly byte[] _key;

    private DataKey(string id, string scope, byte[] key)
    {
        Id = id;
        Scope = scope;
        _key = key;
    }

    /// <summary>Its id, in lower-case hexadecimal.</summary>
    public string Id { get; }

    /// <summary>What it encrypts.</summary>
    public string Scope { get; }

    /// <summary>Makes a new key.</summary>
    public static DataKey Create(string scope) => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), scope, RandomNumberGenerator.GetBytes(32));

    /// <summary>Opens a stored key.</summary>
    /// <exception cref="KeyRingException">The ring does not hold the key it is sealed with, or the seal does not open.</exception>
    public static DataKey Unwrap(KeyRing ring, WrappedDataKey wrapped)
    {
        if (ring.Find(wrapped.KekId) is not { } kek)
        {
            throw new KeyRingException(
                $"the key-encryption key file {ring.Path} holds the key {ring.Current.Id}, but what is stored for '{wrapped.Scope}' is sealed with {wrapped.KekId}. "
                + "Nothing is damaged: put the file back that was used before (see docs/guides/rotate-a-secret.md)");
        }
        byte[] box = Convert.FromBase64String(wrapped.Sealed);
        byte[] key = new byte[32];
        try
        {
            if (box.Length != NonceBytes + key.Length + TagBytes) throw new CryptographicException("wrong length");
            kek.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, key.Length), box.AsSpan(NonceBytes + key.Length), key, Associated(wrapped.Id, wrapped.Scope));
        }
        catch (CryptographicException e)
        {
            CryptographicOperations.ZeroMemory(key);
            throw new KeyRingException($"the data key {wrapped.Id} of '{wrapped.Scope}' was changed in the store: it does not open with {wrapped.KekId} of {ring.Path}", e);
        }
        return new(wrapped.Id, wrapped.Scope, key);
    }

    /// <summary>Seals this key for the store.</summary>
    public WrappedDataKey Wrap(KeyEncryptionKey kek)
    {
        byte[] box = new byte[NonceBytes + _key.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        kek.Encrypt(box.AsSpan(0, NonceBytes), _key, box.AsSpan(NonceBytes, _key.Length), box.AsSpan(NonceBytes + _key.Length), Associated(Id, Scope));
        return new(Id, Scope, kek.Id, Convert.ToBase64String(box));
    }

    /// <summary>Encrypts a document's content for its address.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plaintext, string address)
    {
        byte[] box = new byte[HeaderBytes + plaintext.Length + TagBytes];
        box[0] = Version;
        Convert.FromHexString(Id, box.AsSpan(1, IdBytes), out _, out _);
        Span<byte> nonce = box.AsSpan(1 + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plaintext, box.AsSpan(HeaderBytes, plaintext.Length), box.AsSpan(HeaderBytes + plaintext.Length), Associated(Scope, address));
        return box;
    }

    /// <summary>The id of the data key that a box needs; null if it is no box.</summary>
    public static string? IdOf(ReadOnlySpan<byte> box) =>
        box.Length >= HeaderBytes + TagBytes && box[0] == Version ? Convert.ToHexStringLower(box.Slice(1, IdBytes)) : null;

    /// <summary>Decrypts a document's content. The caller clears it.</summary>
    /// <exception cref="CryptographicException">The box is another key's or another address's, or was changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> box, string address)
    {
        if (IdOf(box) != Id) throw new CryptographicException($"{address} is not encrypted with the data key {Id}");
        byte[] plaintext = new byte[box.Length - HeaderBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(box.Slice(1 + IdBytes, NonceBytes), box[HeaderBytes..^TagBytes], box[^TagBytes..], plaintext, Associated(Scope, address));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new CryptographicException($"{address} was changed in the store, or moved there from another address", e);
        }
        return plaintext;
    }

    /// <summary>
    /// Tells whether two contents of one address are the same without keeping them: a keyed hash, so that a content that is easily guessed is not found from it.
    /// </summary>
    public string Fingerprint(ReadOnlySpan<byte> content, string address)
    {
        byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, salt: null, info: "federation fingerprint 1"u8.ToArray());
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        CryptographicOperations.ZeroMemory(key);
        hash.AppendData(Associated(Scope, address));
        hash.AppendData(content);
        return $"{Id}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    // Length-prefixed, so that no two pairs have one form.
    private static byte[] Associated(string first, string second)
    {
        byte[] a = Encoding.UTF8.GetBytes(first);
        byte[] b = Encoding.UTF8.GetBytes(second);
        byte[] result = new byte[4 + a.Length + b.Length];
        BinaryPrimitives.WriteInt32BigEndian(result, a.Length);
        a.CopyTo(result, 4);
        b.CopyTo(result, 4 + a.Length);
        return result;
    }
}
