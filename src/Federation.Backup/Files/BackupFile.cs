using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Federation.Backup.Sealing;
using Federation.Domain.Json;
using Federation.Security.AtRest;
using Federation.Storage;

namespace Federation.Backup.Files;

/// <summary>A plane's stores in one sealed file.</summary>
public static class BackupFile
{
    private const string Line = "FEDERATION-BACKUP 1";
    private const int MaxManifest = 16 * 1024 * 1024;

    /// <summary>Writes the file, owner-only, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">What Identity gave for it.</param>
    /// <param name="key">The key that the header leads to.</param>
    /// <param name="content">The stores.</param>
    public static Task WriteAsync(string path, BackupHeader header, byte[] key, BackupContent content) => SealedFile.WriteAsync(path, Line, header, key, async stream =>
    {
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(content.Manifest, DomainJson.Options);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, manifest.Length);
        await stream.WriteAsync(length);
        await stream.WriteAsync(manifest);
        foreach (StoreCopy copy in (StoreCopy[])[content.Placement, content.SecretStore, content.Identity])
            await StoreCopy.WriteAsync(stream, copy.Head, copy.Documents, CancellationToken.None);
    });

    /// <summary>Reads and checks the whole file: its seal, its form, every digest, and the references between the stores.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ring">Identity's key-encryption keys.</param>
    /// <exception cref="BackupException">It is refused; the message says why.</exception>
    public static Task<BackupContent> ReadAsync(string path, KeyRing ring) => SealedFile.ReadAsync<BackupHeader, BackupContent>(path, Line, header => Key(path, header, ring), async (header, stream) =>
    {
        byte[] length = new byte[4];
        await stream.ReadExactlyAsync(length);
        int size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is <= 0 or > MaxManifest) throw new InvalidDataException("its manifest is not understood");
        byte[] json = new byte[size];
        await stream.ReadExactlyAsync(json);
        BackupManifest manifest = JsonSerializer.Deserialize<BackupManifest>(json, DomainJson.Options) ?? throw new InvalidDataException("its manifest is empty");
        if (manifest.Format != BackupManifest.CurrentFormat) throw new InvalidDataException($"its content has form {manifest.Format}, and this program knows form {BackupManifest.CurrentFormat}");
        if (manifest.Plane != header.Plane) throw new InvalidDataException("its header names another plane than its content");
        var copies = new List<StoreCopy>();
        foreach (string name in (string[])["placement", "secretstore", "identity"])
        {
            StoreCopy copy = await StoreCopy.ReadAsync(stream, CancellationToken.None);
            if (copy.Head.Store != name) throw new InvalidDataException($"the store {name} is expected, and {copy.Head.Store} found");
            if (manifest.Stores.FirstOrDefault(one => one.Name == name) != BackupContent.Line(copy)) throw new InvalidDataException($"the store {name} is not the one that the manifest names");
            copies.Add(copy);
        }
        string[] unresolved = [.. BackupReferences.Unresolved(copies[0], copies[1], copies[2]).Except(manifest.Unresolved)];
        if (unresolved.Length > 0) throw new InvalidDataException($"its stores do not belong together: {unresolved[0]}");
        return new BackupContent(manifest, copies[0], copies[1], copies[2]);
    });

    private static byte[] Key(string path, BackupHeader header, KeyRing ring)
    {
        try
        {
            using DataKey wrapping = DataKey.Unwrap(ring, header.Wrapping);
            return wrapping.Decrypt(header.Key, BackupSeal.AddressOf(header.Plane, header.TakenAt));
        }
        catch (KeyRingException e)
        {
            throw new BackupException(
                $"{path} is a backup of the plane {header.Plane} under the key-encryption key {header.Wrapping.KekId}, which {ring.Path} does not hold",
                "give the key file that Identity had then, or the offline kit of that time: --kit FILE", e);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new BackupException($"{path} was changed: the key in its header does not open", null, e);
        }
    }
}
