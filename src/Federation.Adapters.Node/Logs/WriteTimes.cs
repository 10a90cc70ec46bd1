using System.Buffers.Binary;

namespace Federation.Adapters.Node.Logs;

/// <summary>
/// When a file of output had which size: programs write lines without a time, so the agent notes sizes beside them.
/// Entries of 16 bytes: milliseconds since 1970, and the size then.
/// </summary>
internal static class WriteTimes
{
    private const int EntryBytes = 16;
    private const int MostEntries = 4096;

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
