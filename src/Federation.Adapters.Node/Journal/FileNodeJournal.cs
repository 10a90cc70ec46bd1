using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;

namespace Federation.Adapters.Node.Journal;

/// <summary>
/// The journal as one file to which every change is appended as a line with its checksum; written anew when it has grown. A crash in the middle of
/// a line loses that line alone. Secrets are in it only as they came, sealed to this node.
/// </summary>
/// <param name="folder">Holds <c>journal</c>; made with owner-only rights.</param>
public sealed class FileNodeJournal(string folder) : INodeJournal, IDisposable
{
    private const int DigestDigits = 16;
    private const long CompactAbove = 4 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private readonly SortedDictionary<ReplicaId, ReplicaRecord> _replicas = [];
    private FileStream? _file;
    private long _term;
    private long _revision;
    private long _compactAt = CompactAbove;

    private string Path => System.IO.Path.Combine(folder, "journal");

    /// <inheritdoc/>
    public Task<NodeState> LoadAsync(CancellationToken cancellationToken)
    {
        PrivateFolder.Ensure(folder);
        lock (_gate)
        {
            if (File.Exists(Path)) Replay();
            Compact();
            return Task.FromResult(new NodeState(_term, _revision, [.. _desired.Values], [.. _replicas.Values]));
        }
    }

    /// <inheritdoc/>
    public Task SaveDesiredAsync(DesiredChange change, CancellationToken cancellationToken)
    {
        lock (_gate) Append(new Line(change, null, null), durable: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task SaveReplicasAsync(IReadOnlyList<ReplicaRecord> upserts, IReadOnlyList<ReplicaId> removals, CancellationToken cancellationToken)
    {
        lock (_gate) Append(new Line(null, upserts, removals), durable: false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _file?.Dispose();
    }

    private void Append(Line line, bool durable)
    {
        FileStream file = _file ?? throw new InvalidOperationException("the journal was not loaded");
        long start = file.Length;
        try
        {
            file.Position = start;
            file.Write(Encode(line));
            file.Flush(flushToDisk: durable);
        }
        catch (IOException)
        {
            // Half a line would hide all that follow it.
            file.SetLength(start);
            throw;
        }
        Take(line);
        if (file.Length > _compactAt) Compact();
    }

    private void Replay()
    {
        byte[] content = File.ReadAllBytes(Path);
        int start = 0;
        while (start < content.Length)
        {
            int end = Array.IndexOf(content, (byte)'\n', start);
            if (end < 0 || !TryDecode(content.AsSpan(start, end - start), out Line? line))
            {
                if (end >= 0 && end + 1 < content.Length)
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Path} is damaged at byte {start}, in the middle: move it away, and the node asks for its orders anew"));
                return;
            }
            Take(line!);
            start = end + 1;
        }
    }

    private void Compact()
    {
        string next = Path + ".new";
        FileStream file = new(next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            if (_term != 0 || _revision != 0 || _desired.Count > 0) file.Write(Encode(new Line(new DesiredChange(_term, _revision, [.. _desired.Values], []), null, null)));
            if (_replicas.Count > 0) file.Write(Encode(new Line(null, [.. _replicas.Values], [])));
            file.Flush(flushToDisk: true);
            File.Move(next, Path, overwrite: true);
            PrivateFolder.Sync(folder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        _file?.Dispose();
        _file = file;
        _compactAt = Math.Max(CompactAbove, file.Length * 4);
    }

    private void Take(Line line)
    {
        if (line.Desired is { } change)
        {
            _term = change.Term;
            _revision = change.Revision;
            foreach (DesiredAssignment assignment in change.Upserts) _desired[assignment.Assignment.Id] = assignment;
            foreach (AssignmentId id in change.Removals) _desired.Remove(id);
        }
        foreach (ReplicaRecord record in line.Replicas ?? []) _replicas[record.Id] = record;
        foreach (ReplicaId id in line.RemovedReplicas ?? []) _replicas.Remove(id);
    }

    private static byte[] Encode(Line line)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(line, DomainJson.Options);
        return [.. Encoding.ASCII.GetBytes(Digest(json)), (byte)' ', .. json, (byte)'\n'];
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, out Line? line)
    {
        line = null;
        if (text.Length <= DigestDigits || text[DigestDigits] != ' ') return false;
        ReadOnlySpan<byte> json = text[(DigestDigits + 1)..];
        if (Encoding.ASCII.GetString(text[..DigestDigits]) != Digest(json)) return false;
        line = JsonSerializer.Deserialize<Line>(json, DomainJson.Options);
        return line is not null;
    }

    private static string Digest(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json))[..DigestDigits];

    private sealed record Line(DesiredChange? Desired, IReadOnlyList<ReplicaRecord>? Replicas, IReadOnlyList<ReplicaId>? RemovedReplicas);
}
