using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Domain.Json;
using Federation.Security.Files;

namespace Federation.Backup.Sealing;

/// <summary>
/// A file of one line that says what it is, a readable header, and a content that is encrypted and authenticated in pieces (AES-256-GCM): each piece is
/// bound to the line, the header, its place and whether it is the last, so that a file that was cut, changed, reordered or lengthened is refused.
/// Layout: line | header length (4) | header | pieces of length (4), ciphertext, tag (16). The key serves one file; the nonce is the piece's number.
/// </summary>
public static class SealedFile
{
    internal const int TagBytes = 16;
    internal const int NonceBytes = 12;
    internal const int PieceBytes = 64 * 1024;
    private const int KeyBytes = 32;
    private const int MaxHeader = 64 * 1024;

    /// <summary>Makes a key for one file.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>Writes a file, owner-only: it is there whole, or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">What it is, without the line's end.</param>
    /// <param name="header">What may be read without a key.</param>
    /// <param name="key">32 bytes that seal no other file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="BackupException">The disk refuses it; nothing is left of it.</exception>
    public static async Task WriteAsync<THeader>(string path, string line, THeader header, byte[] key, Func<Stream, Task> write) where THeader : class
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.tmp";
        try
        {
            await using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
                UnixCreateMode = DurableFile.OwnerOnly,
            }))
            {
                byte[] start = Start(line, header);
                await file.WriteAsync(start);
                await using (var content = new SealingStream(file, key, SHA256.HashData(start)))
                {
                    await write(content);
                    await content.CompleteAsync();
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new BackupException($"{path} cannot be written: {e.Message}", "nothing of it was kept, and a file that was there is as it was; name another place, or free space", e);
        }
    }

    /// <summary>Opens a file: its header first, then, with the key that the header leads to, its content.</summary>
    /// <exception cref="BackupException">It is not such a file, or was cut or changed.</exception>
    public static async Task<T> ReadAsync<THeader, T>(string path, string line, Func<THeader, byte[]> key, Func<THeader, Stream, Task<T>> read) where THeader : class
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {e.Message}", null, e);
        }
        await using (file)
        {
            (THeader header, byte[] bound) = await StartAsync<THeader>(file, path, line);
            byte[] opened = key(header);
            try
            {
                await using var content = new OpeningStream(file, path, opened, bound);
                T result = await read(header, content);
                if (await content.ReadAsync(new byte[1]) != 0) throw new BackupException($"{path} holds more than what was sealed into it");
                return result;
            }
            catch (InvalidDataException e)
            {
                throw new BackupException($"{path} is refused: {e.Message}", null, e);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(opened);
            }
        }
    }

    private static byte[] Start<THeader>(string line, THeader header)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, DomainJson.Options);
        byte[] first = Encoding.ASCII.GetBytes(line + "\n");
        byte[] start = new byte[first.Length + 4 + json.Length];
        first.CopyTo(start, 0);
        BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(first.Length), json.Length);
        json.CopyTo(start, first.Length + 4);
        return start;
    }

    private static async Task<(THeader Header, byte[] Bound)> StartAsync<THeader>(FileStream file, string path, string line) where THeader : class
    {
        byte[] first = new byte[line.Length + 1];
        byte[] length = new byte[4];
        try
        {
            int read = await file.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false);
            string kind = line[..line.LastIndexOf(' ')];
            string found = Encoding.ASCII.GetString(first, 0, read);
            if (found != line + "\n")
            {
                throw found.StartsWith(kind + " ", StringComparison.Ordinal)
                    ? new BackupException($"{path} was written in a form that this program does not know ({found.Trim()})", "use the fedctl that wrote it, or a newer one")
                    : new BackupException($"{path} is no {kind.ToLowerInvariant().Replace('-', ' ')}: its first line is not '{line}'");
            }
            await file.ReadExactlyAsync(length);
            int size = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (size is <= 0 or > MaxHeader) throw new BackupException($"{path} was changed: its header has {size} bytes");
            byte[] json = new byte[size];
            await file.ReadExactlyAsync(json);
            THeader header = JsonSerializer.Deserialize<THeader>(json, DomainJson.Options) ?? throw new JsonException("null");
            byte[] start = [.. first, .. length, .. json];
            return (header, SHA256.HashData(start));
        }
        catch (EndOfStreamException e)
        {
            throw new BackupException($"{path} is cut off in its header", null, e);
        }
        catch (JsonException e)
        {
            throw new BackupException($"{path} was changed: its header is not understood", null, e);
        }
    }
}
