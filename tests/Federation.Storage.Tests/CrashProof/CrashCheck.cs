using System.Collections.Immutable;
using Federation.Domain.Chance;
using Federation.Storage.Logs;
using Federation.Storage.Sqlite;

namespace Federation.Storage.Tests.CrashProof;

/// <summary>
/// Cuts a recording at its syncs and acknowledgements, in every manner of loss, opens what is left, and says which promises were broken:
/// every acknowledged revision is there, no group is half there, the term was not forgotten, the database is whole and takes writes again.
/// </summary>
internal sealed class CrashCheck
{
    private const string Database = "store.db";
    private readonly IReadOnlyList<DiskOperation> _operations;
    private readonly SortedDictionary<long, ImmutableSortedDictionary<DocumentKey, StoredDocument>> _states = [];
    private readonly string _folder;

    public CrashCheck(IReadOnlyList<DiskOperation> operations, IReadOnlyList<CommitGroup> groups, string folder)
    {
        (_operations, _folder) = (operations, folder);
        var state = ImmutableSortedDictionary<DocumentKey, StoredDocument>.Empty;
        _states[0] = state;
        foreach (var group in groups)
        {
            var next = state.ToBuilder();
            foreach (var change in group.Changes)
            {
                if (change.Document is { } document) next[change.Key] = document;
                else next.Remove(change.Key);
            }
            _states[group.Revision] = state = next.ToImmutable();
        }
    }

    /// <summary>The places where a cut tells most: before and after each sync and each acknowledgement.</summary>
    public IReadOnlyList<int> Cuts => [.. Enumerable.Range(0, _operations.Count)
        .Where(i => _operations[i] is DiskOperation.Sync or DiskOperation.Acknowledged or DiskOperation.Opened)
        .SelectMany(i => new[] { i, i + 1 }).Distinct()];

    /// <summary>The broken promises at the given cuts, each with its place.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyCollection<int> cuts, CancellationToken cancellationToken)
    {
        var wanted = cuts.ToHashSet();
        var broken = new List<string>();
        var disk = new CrashDisk(Database);
        long acknowledged = 0, term = 0;
        for (int at = 0; at <= _operations.Count; at++)
        {
            if (wanted.Contains(at))
            {
                foreach (var loss in Enum.GetValues<Loss>())
                {
                    string? finding = await CheckAsync(disk.Cut(loss, new Random(at)), acknowledged, term, cancellationToken);
                    if (finding is not null) broken.Add($"cut at operation {at} losing {loss}: {finding}");
                }
            }
            if (at == _operations.Count) break;
            disk.Play(_operations[at]);
            if (_operations[at] is DiskOperation.Acknowledged ack) acknowledged = ack.Revision;
            else if (_operations[at] is DiskOperation.Opened opened) term = opened.Term;
        }
        return broken;
    }

    private async Task<string?> CheckAsync(SortedDictionary<string, byte[]> files, long acknowledged, long term, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "cut")).FullName;
        try
        {
            foreach ((string name, byte[] content) in files) await File.WriteAllBytesAsync(Path.Combine(folder, name), content, cancellationToken);
            string path = Path.Combine(folder, Database);
            await using (var store = await DocumentStore.OpenAsync(new SqliteCommitLog(path, SecureChance.Instance), null, cancellationToken))
            {
                if (Compare(store, acknowledged, term) is { } finding) return finding;
                var outcome = await store.CommitAsync(new() { Writes = [new(new("Thing", "after the crash"), "x"u8.ToArray())] }, cancellationToken);
                if (outcome is not CommitOutcome.Committed) return $"a write after the crash was refused: {outcome}";
            }
            using var connection = SqliteConnection.Open(path, null);
            string integrity = connection.QueryText("PRAGMA integrity_check");
            return integrity == "ok" ? null : $"integrity: {integrity}";
        }
        catch (StoreOpenException e)
        {
            return $"it does not open: {e.Message}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string? Compare(DocumentStore store, long acknowledged, long term)
    {
        long revision = store.Current.Revision;
        if (revision < acknowledged) return $"revision {acknowledged} was acknowledged, but {revision} is the newest there";
        if (store.Term <= term) return $"term {term} was given out, and {store.Term} is given out again";
        if (!_states.TryGetValue(revision, out var expected)) return $"revision {revision} is inside a group: it is half there";
        var found = store.Current.List("Thing").Concat(store.Current.List("Other")).ToDictionary(document => document.Key);
        if (found.Count != expected.Count) return $"revision {revision} has {expected.Count} documents, found {found.Count}";
        foreach ((var key, var document) in expected)
        {
            if (!found.TryGetValue(key, out var other) || other.Revision != document.Revision || other.CreatedRevision != document.CreatedRevision
                || !other.Body.Span.SequenceEqual(document.Body.Span))
                return $"document {key} at revision {revision} is not as it was written";
        }
        return null;
    }
}
