using System.Buffers.Binary;
using System.Globalization;

namespace Federation.Storage.Sqlite;

/// <summary>
/// Looks for damage in SQLite's write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log), which SQLite itself passes over: it takes the
/// first frame whose checksum is wrong for the end, and drops whatever was committed behind it.
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377f0682;

    /// <summary>Refuses a log in which acknowledged commits stand behind a damaged frame.</summary>
    /// <remarks>
    /// A cut tears what was not synced yet, which is one transaction with one commit frame. Every later one began after a sync, so two commit frames in
    /// one run of frames that follow each other say that something synced was damaged before them. Frames left over from earlier uses of the file
    /// have other salts, and those of a transaction that an earlier cut tore do not go on from what has taken its place.
    /// </remarks>
    /// <exception cref="StoreOpenException">It is damaged. Nothing was changed.</exception>
    public static void RequireWhole(string path)
    {
        string log = path + "-wal";
        if (!File.Exists(log)) return;
        byte[] content = File.ReadAllBytes(log);
        if (content.Length < HeaderBytes) return;
        ReadOnlySpan<byte> header = content.AsSpan(0, HeaderBytes);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        int page = BinaryPrimitives.ReadInt32BigEndian(header[8..]);
        if ((magic & ~1u) != Magic || page is < 512 or > 65536) return;
        bool bigEndian = (magic & 1) != 0;
        (uint, uint) seed = Sum(header[..24], (0, 0), bigEndian);
        if (seed != Stored(header[24..])) return;

        int size = FrameHeaderBytes + page, commits = 0;
        long damagedAt = -1;
        for (int at = HeaderBytes; at + size <= content.Length; at += size)
        {
            ReadOnlySpan<byte> frame = content.AsSpan(at, size);
            bool ofThisUse = frame.Slice(8, 8).SequenceEqual(header.Slice(16, 8));
            (uint, uint) stored = Stored(frame[16..]);
            bool follows = ofThisUse && Sum(frame[FrameHeaderBytes..], Sum(frame[..8], seed, bigEndian), bigEndian) == stored;
            seed = stored;
            if (!follows)
            {
                if (damagedAt < 0) damagedAt = at;
                commits = 0;
            }
            else if (damagedAt >= 0 && BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0 && ++commits > 1)
            {
                throw new StoreOpenException(StoreOpenFailure.Corrupt, string.Create(CultureInfo.InvariantCulture,
                    $"Store {path} is damaged: {log} is damaged at byte {damagedAt}, and holds commits behind that. Nothing was changed; restore it from a backup, or give up what was committed from there on: truncate -s {damagedAt} {log}"));
            }
        }
    }

    private static (uint, uint) Stored(ReadOnlySpan<byte> at) => (BinaryPrimitives.ReadUInt32BigEndian(at), BinaryPrimitives.ReadUInt32BigEndian(at[4..]));

    private static (uint, uint) Sum(ReadOnlySpan<byte> content, (uint First, uint Second) seed, bool bigEndian)
    {
        (uint first, uint second) = seed;
        for (; content.Length >= 8; content = content[8..])
        {
            first += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(content) : BinaryPrimitives.ReadUInt32LittleEndian(content)) + second;
            second += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(content[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(content[4..])) + first;
        }
        return (first, second);
    }
}
