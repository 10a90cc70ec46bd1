using System.Buffers.Text;
using System.Security.Cryptography;
using Federation.Security.Files;

namespace Federation.Security.AtRest;

/// <summary>
/// The key-encryption keys of one service, from one file: a line of base64 each (or 32 raw bytes, for a single key). The first wraps; the
/// others only open what they wrapped, until everything is wrapped anew. Rotation is therefore safe to cut at any instant:
/// <see cref="WithNewKey"/> is saved before anything is wrapped with its key, and <see cref="OnlyCurrent"/> after everything is.
/// </summary>
public sealed class KeyRing : IDisposable
{
    private readonly KeyEncryptionKey[] _keys;

    private KeyRing(string path, KeyEncryptionKey[] keys)
    {
        Path = path;
        _keys = keys;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The key that wraps.</summary>
    public KeyEncryptionKey Current => _keys[0];

    /// <summary>How many keys the file holds.</summary>
    public int Count => _keys.Length;

    /// <summary>The key of an id; null if the file does not hold it.</summary>
    public KeyEncryptionKey? Find(string id) => Array.Find(_keys, key => key.Id == id);

    /// <summary>Reads the file.</summary>
    /// <exception cref="KeyRingException">It is missing, may be read by others, or does not hold keys; the message names the file and the rule.</exception>
    public static KeyRing Load(string path)
    {
        byte[] content;
        try
        {
            DurableFile.RequirePrivate(path);
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"the key-encryption key file {path} cannot be used: {e.Message}", e);
        }
        try
        {
            return Parse(path, content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Takes keys as their file holds them, from elsewhere, and writes nothing: a ring that only opens.</summary>
    /// <param name="path">Where they are from, for messages.</param>
    /// <param name="content">What the file would hold.</param>
    /// <exception cref="KeyRingException">It does not hold keys; the message names the place and the rule.</exception>
    public static KeyRing Parse(string path, ReadOnlySpan<byte> content)
    {
        if (content.Length == KeyEncryptionKey.Bytes) return new(path, [new(content.ToArray())]);
        var keys = new List<KeyEncryptionKey>();
        int line = 0;
        foreach (Range range in content.Split((byte)'\n'))
        {
            line++;
            ReadOnlySpan<byte> text = content[range].Trim((byte)'\r').Trim((byte)' ');
            if (text.IsEmpty) continue;
            byte[] key = new byte[KeyEncryptionKey.Bytes];
            if (Base64.DecodeFromUtf8(text, key, out int consumed, out int written) != System.Buffers.OperationStatus.Done || consumed != text.Length || written != key.Length)
                throw new KeyRingException($"the key-encryption key file {path}, line {line}: expected {KeyEncryptionKey.Bytes} bytes in base64 (make one with: head -c 32 /dev/urandom | base64)");
            keys.Add(new(key));
        }
        if (keys.Count == 0) throw new KeyRingException($"the key-encryption key file {path} holds no key");
        return new(path, [.. keys]);
    }

    /// <summary>Makes the file with one new key. It must not be there.</summary>
    public static KeyRing Create(string path)
    {
        if (File.Exists(path)) throw new KeyRingException($"the key-encryption key file {path} is there already");
        var ring = new KeyRing(path, [new(RandomNumberGenerator.GetBytes(KeyEncryptionKey.Bytes))]);
        ring.Save();
        return ring;
    }

    /// <summary>The ring with a new key in front, saved. This ring stays usable.</summary>
    public KeyRing WithNewKey()
    {
        var ring = new KeyRing(Path, [new(RandomNumberGenerator.GetBytes(KeyEncryptionKey.Bytes)), .. _keys.Select(Copy)]);
        ring.Save();
        return ring;
    }

    /// <summary>The ring without all keys but the first, saved: only once nothing is wrapped with the others.</summary>
    public KeyRing OnlyCurrent()
    {
        var ring = new KeyRing(Path, [Copy(Current)]);
        ring.Save();
        return ring;
    }

    /// <summary>The keys as their file holds them, for the offline kit. The caller clears it.</summary>
    public byte[] Export()
    {
        byte[] text = new byte[_keys.Length * 45];
        for (int i = 0; i < _keys.Length; i++)
        {
            Base64.EncodeToUtf8(_keys[i].Reveal(), text.AsSpan(i * 45, 44), out _, out _);
            text[i * 45 + 44] = (byte)'\n';
        }
        return text;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KeyEncryptionKey key in _keys) key.Dispose();
    }

    private static KeyEncryptionKey Copy(KeyEncryptionKey key) => new(key.Reveal().ToArray());

    private void Save()
    {
        // A folder that is mounted read-only refuses here, before anything was wrapped with a key that would be lost.
        byte[] text = Export();
        try
        {
            DurableFile.Replace(Path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"the key-encryption key file {Path} cannot be written: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }
}
