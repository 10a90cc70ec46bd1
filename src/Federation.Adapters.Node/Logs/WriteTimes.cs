using System.Buffers.Binary;

namespace Federation.Adapters.Node.Logs;

/// <summary>
/// When a file of output had which size: programs write lines without a time, so the agent notes sizes beside them.
/// Entries of 16 bytes: milliseconds since 1970, and the size then.
/// </summary>
internal sealed class WriteTimes
{
    private const int EntryBytes = 16;
    private const int MostEntries = 4096;

    private readonly byte[] _entries;
    private int _at;

    /// <summary>Reads the notes beside a file of output.</summary>
    public WriteTimes(string log)
    {
        Log = log;
        _entries = File.Exists(PathFor(log)) ? File.ReadAllBytes(PathFor(log)) : [];
    }

    /// <summary>The file of output.</summary>
    public string Log { get; }

    /// <summary>When the file first had at least this size; null if that was not noted. Ask with rising sizes.</summary>
    public DateTimeOffset? At(long size)
    {
        for (; _at + EntryBytes <= _entries.Length; _at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = _entries.AsSpan(_at, EntryBytes);
            if (BinaryPrimitives.ReadInt64LittleEndian(entry[8..]) >= size) return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(entry));
        }
        return null;
    }

    public static string PathFor(string log) => log + ".times";

    /// <summary>Notes a size, unless the file is long already and little was added.</summary>
    public static void Note(string log, DateTimeOffset now, long size, long added, long mostBytes)
    {
        using var file = new FileStream(PathFor(log), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (file.Length > MostEntries * EntryBytes && added < mostBytes / MostEntries) return;
        Span<byte> entry = stackalloc byte[EntryBytes];
        BinaryPrimitives.WriteInt64LittleEndian(entry, now.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], size);
        file.Write(entry);
    }

    /// <summary>Where to begin reading so that everything written since is there: at the last size noted before.</summary>
    public static long OffsetSince(string log, DateTimeOffset since)
    {
        if (!File.Exists(PathFor(log))) return 0;
        ReadOnlySpan<byte> entries = File.ReadAllBytes(PathFor(log));
        long offset = 0;
        for (; entries.Length >= EntryBytes; entries = entries[EntryBytes..])
        {
            if (BinaryPrimitives.ReadInt64LittleEndian(entries) >= since.ToUnixTimeMilliseconds()) break;
            offset = BinaryPrimitives.ReadInt64LittleEndian(entries[8..]);
        }
        return offset;
    }
}
