using System.Buffers.Binary;
using System.Text;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Logs;

/// <content>
/// Reading from a position that outlives rotation and restarts: the count of all bytes that the replica has ever written. Beside a file lies the
/// position at which it begins; a crash between copy and truncate makes bytes appear twice, never not at all.
/// </content>
public sealed partial class ReplicaLogs
{
    private const int BaseBytes = 8;

    /// <summary>The replicas with output, in the order of their ids.</summary>
    public IReadOnlyList<ReplicaId> Written() =>
        [.. Directory.EnumerateFiles(Folder, "*.log").Select(file => new ReplicaId(Path.GetFileNameWithoutExtension(file))).Order()];

    /// <summary>The lines from a position on, as many as end within the given bytes. What has been rotated away is passed over.</summary>
    /// <param name="replica">Whose.</param>
    /// <param name="position">The first byte wanted: 0, or a line's <see cref="PositionedLine.Next"/>.</param>
    /// <param name="mostBytes">The most that is read; a line longer than this comes in pieces.</param>
    public IReadOnlyList<PositionedLine> ReadFrom(ReplicaId replica, long position, int mostBytes)
    {
        string path = PathOf(replica);
        // A rotation in between would shift what is read.
        lock (_gate)
        {
            long begin = BaseOf(path);
            if (position > begin + (LengthOf(path) ?? 0)) position = begin;
            string file = path;
            for (int age = 1; position < begin && age < _files && LengthOf($"{path}.{age}") is { } length; age++)
            {
                file = $"{path}.{age}";
                begin -= length;
            }
            position = Math.Max(position, begin);
            byte[] buffer = new byte[mostBytes];
            int read = Read(file, position - begin, buffer);
            return Lines(buffer.AsSpan(0, read), position, file, position - begin,
                full: read == mostBytes, complete: read < mostBytes && (file != path || !_sizes.ContainsKey(replica)));
        }
    }

    // What has no end of line waits for it, unless none can come: the file is complete, or the line longer than the piece.
    private List<PositionedLine> Lines(ReadOnlySpan<byte> content, long position, string file, long offset, bool full, bool complete)
    {
        List<PositionedLine> lines = [];
        if (content.IsEmpty) return lines;
        var times = new WriteTimes(file);
        for (int start = 0; start < content.Length;)
        {
            int end = content[start..].IndexOf((byte)'\n');
            if (end < 0 && !complete && !(full && lines.Count == 0)) break;
            int length = end < 0 ? content.Length - start : end;
            int next = Math.Min(start + length + 1, content.Length);
            lines.Add(new PositionedLine(position + start, position + next, times.At(offset + next) ?? _time.GetUtcNow(), Encoding.UTF8.GetString(content.Slice(start, length))));
            start = next;
        }
        return lines;
    }

    private static void NoteRotated(string path, long bytes)
    {
        byte[] entry = new byte[BaseBytes];
        BinaryPrimitives.WriteInt64LittleEndian(entry, BaseOf(path) + bytes);
        string file = BasePath(path);
        File.WriteAllBytes(file + ".new", entry);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static long BaseOf(string path) =>
        File.Exists(BasePath(path)) && File.ReadAllBytes(BasePath(path)) is { Length: BaseBytes } entry ? BinaryPrimitives.ReadInt64LittleEndian(entry) : 0;

    private static string BasePath(string path) => path + ".begin";
}
