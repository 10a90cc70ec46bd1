using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Logs;

/// <summary>
/// The output of replicas: append files that they go on writing while the agent is dead, rotated by copy and truncate so that no writer has to
/// be told. A disk that is full costs output, never a replica or the agent. Thread-safe.
/// </summary>
public sealed partial class ReplicaLogs
{
    private const int ChunkBytes = 64 * 1024;
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(200);

    private readonly long _mostBytes;
    private readonly int _files;
    private readonly TimeSpan _kept;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private readonly Dictionary<ReplicaId, long> _sizes = [];
    private readonly Dictionary<ReplicaId, int> _cuts = [];
    private long _tendAt = long.MinValue;
    private long _sweepAt = long.MinValue;

    /// <summary>Keeps output in a folder, which is made.</summary>
    /// <param name="folder">One file a replica, and its rotated ones.</param>
    /// <param name="mostBytes">A file above this is rotated.</param>
    /// <param name="files">How many files of a replica are kept.</param>
    /// <param name="kept">How long the output of a replica that is no more is kept.</param>
    /// <param name="time">The clock.</param>
    public ReplicaLogs(string folder, long mostBytes, int files, TimeSpan kept, TimeProvider time)
    {
        Folder = folder;
        _mostBytes = mostBytes;
        _files = files;
        _kept = kept;
        _time = time;
        PrivateFolder.Ensure(folder);
    }

    internal string Folder { get; }

    /// <summary>Whether there is any output of the replica, or will be.</summary>
    public bool Knows(ReplicaId replica)
    {
        lock (_gate) return _sizes.ContainsKey(replica) || File.Exists(PathOf(replica));
    }

    /// <summary>Yields the output line by line, oldest first.</summary>
    public async IAsyncEnumerable<WrittenLine> ReadAsync(ReplicaId replica, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rest = new ArrayBufferWriter<byte>();
        WriteTimes? times = null;
        DateTimeOffset last = _time.GetUtcNow();
        await foreach (Piece piece in ReadPiecesAsync(replica, query, cancellationToken))
        {
            if (times?.Log != piece.File || piece.Followed) times = piece.Followed ? null : new WriteTimes(piece.File);
            for (int start = 0; start < piece.Content.Length;)
            {
                int end = piece.Content.Span[start..].IndexOf((byte)'\n');
                int length = end < 0 ? piece.Content.Length - start : end;
                rest.Write(piece.Content.Span.Slice(start, length));
                start += length + 1;
                if (end < 0 && rest.WrittenCount < ChunkBytes) continue;
                last = times?.At(piece.Offset + start) ?? _time.GetUtcNow();
                yield return new WrittenLine(last, Encoding.UTF8.GetString(rest.WrittenSpan));
                rest.ResetWrittenCount();
            }
        }
        if (rest.WrittenCount > 0) yield return new WrittenLine(last, Encoding.UTF8.GetString(rest.WrittenSpan));
    }

    // The output in pieces that end anywhere.
    private async IAsyncEnumerable<Piece> ReadPiecesAsync(ReplicaId replica, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = PathOf(replica);
        int cuts = CutsOf(replica);
        List<(string File, long Offset, long End)> parts = Parts(path, query);
        byte[] buffer = new byte[ChunkBytes];
        long position = 0;
        foreach ((string file, long offset, long end) in parts)
        {
            position = offset;
            for (int read; (read = Read(file, position, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)))) > 0; position += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new Piece(file, position, buffer.AsMemory(0, read), Followed: false);
            }
        }
        if (query.Previous) yield break;
        if (parts.Count == 0 || parts[^1].File != path) position = 0;
        while (query.Follow)
        {
            bool over;
            lock (_gate) over = !_sizes.ContainsKey(replica);
            while (ReadFollowed(replica, path, ref cuts, ref position, buffer) is > 0 and var read)
                yield return new Piece(path, position - read, buffer.AsMemory(0, read), Followed: true);
            if (over) yield break;
            await Task.Delay(FollowInterval, _time, cancellationToken);
        }
    }

    // The next bytes after what was followed, which may meanwhile lie in a rotated file; none where there are none yet.
    private int ReadFollowed(ReplicaId replica, string path, ref int cuts, ref long position, byte[] buffer)
    {
        lock (_gate)
        {
            for (int age; (age = CutsOf(replica) - cuts) >= 0; cuts++, position = 0)
            {
                int read = Read(age == 0 ? path : $"{path}.{age}", position, buffer);
                position += read;
                if (read > 0 || age == 0) return read;
            }
            return 0;
        }
    }

    // How often the newest file was cut. Lengths alone do not tell: a cut file may have grown again.
    private int CutsOf(ReplicaId replica)
    {
        lock (_gate) return _cuts.GetValueOrDefault(replica);
    }

    /// <summary>A replica that writes, or will.</summary>
    public void Expect(ReplicaId replica)
    {
        lock (_gate) _sizes.TryAdd(replica, 0);
    }

    /// <summary>A process of the replica is about to start: what is there was written by those before it.</summary>
    internal void Begin(ReplicaId replica)
    {
        lock (_gate) NoteStart(PathOf(replica), LengthOf(PathOf(replica)) ?? 0);
    }

    /// <summary>Adds output of a replica that does not write here by itself. A disk that is full costs it.</summary>
    internal void Append(ReplicaId replica, ReadOnlySpan<byte> output)
    {
        // Opened anew each time: after a rotation the end is elsewhere.
        lock (_gate)
        {
            try
            {
                using var file = new FileStream(PathOf(replica), new FileStreamOptions
                {
                    Mode = FileMode.Append,
                    Access = FileAccess.Write,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    BufferSize = 0,
                    UnixCreateMode = PrivateFolder.OwnerFile,
                });
                file.Write(output);
            }
            catch (IOException)
            {
                // As with a program that writes by itself: the output is lost, and the replica runs on.
            }
        }
    }

    /// <summary>A replica that writes no more. Its output stays for a while.</summary>
    public void Retire(ReplicaId replica)
    {
        lock (_gate) _sizes.Remove(replica);
    }

    /// <summary>Notes times, rotates, removes what is too old: when it is due.</summary>
    public void Tend()
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            if (now < _tendAt) return;
            _tendAt = now + _time.TimestampFrequency * TendInterval.Ticks / TimeSpan.TicksPerSecond;
            foreach ((ReplicaId replica, long before) in _sizes.ToArray())
            {
                string path = PathOf(replica);
                if (LengthOf(path) is not { } size || size == before) continue;
                _sizes[replica] = size;
                try
                {
                    WriteTimes.Note(path, _time.GetUtcNow(), size, size - before, _mostBytes);
                    if (size > _mostBytes)
                    {
                        Rotate(path);
                        _cuts[replica] = CutsOf(replica) + 1;
                        _sizes[replica] = 0;
                    }
                }
                catch (IOException)
                {
                    // The disk is full: the output itself goes before its history.
                    Truncate(path);
                    _cuts[replica] = CutsOf(replica) + 1;
                    _sizes[replica] = 0;
                }
            }
            if (now < _sweepAt) return;
            _sweepAt = now + _time.TimestampFrequency * SweepInterval.Ticks / TimeSpan.TicksPerSecond;
            Sweep();
        }
    }

    private string PathOf(ReplicaId replica) => Path.Combine(Folder, replica.Value + ".log");

    private List<(string File, long Offset, long End)> Parts(string path, LogQuery query)
    {
        List<(string File, long Offset, long End)> parts = [];
        for (int age = _files - 1; age >= 0; age--)
        {
            string file = age == 0 ? path : $"{path}.{age}";
            if (LengthOf(file) is not { } length) continue;
            long offset = query.Since is { } since ? Math.Min(length, WriteTimes.OffsetSince(file, since)) : 0;
            // A file that grows is read to its end, wherever that is by then.
            parts.Add((file, offset, query.Previous ? length : long.MaxValue));
        }
        if (query.Previous) CutAtStart(parts, path);
        if (query.Tail is not { } lines) return parts;
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            (long start, int found) = LastLines(parts[i].File, parts[i].Offset, Math.Min(parts[i].End, LengthOf(parts[i].File) ?? 0), lines);
            parts[i] = parts[i] with { Offset = start };
            lines -= found;
            if (lines > 0) continue;
            parts.RemoveRange(0, i);
            break;
        }
        return parts;
    }

    // Keeps what lies before the present process's start. The start counts from the newest file's beginning; rotation moves it below zero.
    private static void CutAtStart(List<(string File, long Offset, long End)> parts, string path)
    {
        long start = ReadStart(path) ?? 0;
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (i < parts.Count - 1 || parts[i].File != path) start += parts[i].End;
            if (start >= 0)
            {
                parts[i] = parts[i] with { Offset = Math.Min(parts[i].Offset, start), End = Math.Min(parts[i].End, start) };
                parts.RemoveRange(i + 1, parts.Count - i - 1);
                return;
            }
        }
        parts.Clear();
    }

    private static void NoteStart(string path, long start)
    {
        try
        {
            PrivateFolder.Replace(StartOf(path), start.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The disk is full: which output is whose is not known then, but the replica starts.
            File.Delete(StartOf(path));
        }
    }

    private static string StartOf(string path) => path + ".start";

    private static long? ReadStart(string path) =>
        File.Exists(StartOf(path)) && long.TryParse(File.ReadAllText(StartOf(path)), CultureInfo.InvariantCulture, out long start) ? start : null;

    // Where the last lines begin, and how many there are after the floor.
    private static (long Start, int Found) LastLines(string file, long floor, long end, int lines)
    {
        byte[] buffer = new byte[ChunkBytes];
        if (lines <= 0) return (end, 0);
        int found = 0;
        for (long at = end; at > floor;)
        {
            long from = Math.Max(floor, at - ChunkBytes);
            int read = Read(file, from, buffer.AsSpan(0, (int)(at - from)));
            for (int i = read - 1; i >= 0; i--)
            {
                // The newline at the very end ends the last line and begins none.
                if (buffer[i] != '\n' || from + i == end - 1) continue;
                if (++found == lines) return (from + i + 1, lines);
            }
            at = from;
        }
        return (floor, end > floor ? found + 1 : 0);
    }

    private void Rotate(string path)
    {
        for (int age = _files - 1; age >= 1; age--)
        {
            string older = $"{path}.{age}";
            if (age == 1)
            {
                File.Copy(path, older, overwrite: true);
                NoteRotated(path, new FileInfo(older).Length);
                if (File.Exists(WriteTimes.PathFor(path))) File.Move(WriteTimes.PathFor(path), WriteTimes.PathFor(older), overwrite: true);
            }
            else if (File.Exists($"{path}.{age - 1}"))
            {
                string newer = $"{path}.{age - 1}";
                File.Move(newer, older, overwrite: true);
                if (File.Exists(WriteTimes.PathFor(newer))) File.Move(WriteTimes.PathFor(newer), WriteTimes.PathFor(older), overwrite: true);
            }
        }
        Truncate(path);
    }

    private static void Truncate(string path)
    {
        long removed;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            removed = file.Length;
            file.SetLength(0);
        }
        File.Delete(WriteTimes.PathFor(path));
        // After it: what is written between the copy and the cut is lost, so nothing else may come between them.
        if (ReadStart(path) is { } start) NoteStart(path, start - removed);
    }

    private void Sweep()
    {
        foreach (ReplicaId retired in _cuts.Keys.Where(replica => !_sizes.ContainsKey(replica)).ToArray()) _cuts.Remove(retired);
        DateTime before = (_time.GetUtcNow() - _kept).UtcDateTime;
        foreach (string file in Directory.EnumerateFiles(Folder))
        {
            string name = Path.GetFileName(file);
            int dot = name.IndexOf(".log", StringComparison.Ordinal);
            if (dot > 0 && !_sizes.ContainsKey(new ReplicaId(name[..dot])) && File.GetLastWriteTimeUtc(file) < before) File.Delete(file);
        }
    }

    private static long? LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : null;
    }

    private static int Read(string path, long position, Span<byte> buffer)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Position = position;
            return file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private readonly record struct Piece(string File, long Offset, ReadOnlyMemory<byte> Content, bool Followed);
}
