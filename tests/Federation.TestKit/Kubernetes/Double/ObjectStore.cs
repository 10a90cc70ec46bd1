using System.Globalization;
using System.Text.Json.Nodes;

namespace Federation.TestKit.Kubernetes.Double;

/// <summary>One change of one object.</summary>
internal sealed record Change(long Revision, string Type, string Storage, JsonObject Object, JsonObject? Before);

/// <summary>All objects, every change of them since the last compaction, and one revision that rises. Not thread-safe: the double's gate guards it.</summary>
internal sealed class ObjectStore(TimeProvider time)
{
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _objects = new(StringComparer.Ordinal);
    private readonly List<Change> _changes = [];
    private int _uid;

    public long Revision { get; private set; } = 100;

    /// <summary>Changes at or below it are forgotten.</summary>
    public long Compacted { get; private set; }

    /// <summary>Told after each change, in its order.</summary>
    public event Action<Change>? Changed;

    public string Now => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public DateTimeOffset Time => time.GetUtcNow();

    public JsonObject? Find(string storage, string? space, string name) => _objects.GetValueOrDefault(storage)?.GetValueOrDefault(Key(space, name));

    public IEnumerable<JsonObject> List(string storage, string? space) =>
        _objects.TryGetValue(storage, out SortedDictionary<string, JsonObject>? all) ? all.Values.Where(item => space is null || item.Space() == space) : [];

    public IEnumerable<(string Storage, JsonObject Object)> All => _objects.SelectMany(static kind => kind.Value.Values.Select(item => (kind.Key, item)));

    /// <summary>As it was at a revision.</summary>
    public IReadOnlyList<JsonObject> ListAt(string storage, string? space, long revision)
    {
        if (revision == Revision) return [.. List(storage, space)];
        var then = new SortedDictionary<string, JsonObject>(List(storage, space).ToDictionary(static item => Key(item.Space(), item.Name())), StringComparer.Ordinal);
        foreach (Change change in Enumerable.Reverse(_changes).TakeWhile(change => change.Revision > revision).Where(change => change.Storage == storage && (space is null || change.Object.Space() == space)))
        {
            string key = Key(change.Object.Space(), change.Object.Name());
            if (change.Before is { } before) then[key] = before;
            else then.Remove(key);
        }
        return [.. then.Values];
    }

    public IReadOnlyList<Change> Since(long revision) => [.. _changes.SkipWhile(change => change.Revision <= revision)];

    public string NewUid() => new Guid(++_uid, 0x4b53, 0x4d4f, [0x8f, 0x64, 0, 0, 0, 0, 0, 1]).ToString();

    public JsonObject Add(string storage, JsonObject item)
    {
        JsonObject metadata = item.Meta();
        metadata.Default("uid", NewUid());
        metadata.Default("creationTimestamp", Now);
        return Put("ADDED", storage, item, null);
    }

    /// <summary>Writes; an object that nothing holds any more goes with its last finalizer.</summary>
    public JsonObject Update(string storage, JsonObject item)
    {
        JsonObject before = Find(storage, item.Space(), item.Name())!;
        if (item.IsGoing() && !item.Finalizers().Any() && storage != "/namespaces" && (item.Number("metadata.deletionGracePeriodSeconds") ?? 0) == 0)
        {
            Remove(storage, item);
            return item;
        }
        return Put("MODIFIED", storage, item, before);
    }

    public void Remove(string storage, JsonObject item)
    {
        JsonObject? before = Find(storage, item.Space(), item.Name());
        if (before is null) return;
        _objects[storage].Remove(Key(item.Space(), item.Name()));
        JsonObject last = before.Copy();
        last.Meta()["resourceVersion"] = (++Revision).ToString(CultureInfo.InvariantCulture);
        Tell(new Change(Revision, "DELETED", storage, last, before));
    }

    public void Compact()
    {
        Compacted = Revision;
        _changes.Clear();
    }

    /// <summary>Raises the revision as writes to other resources do.</summary>
    public void Skip(int by) => Revision += by;

    private JsonObject Put(string type, string storage, JsonObject item, JsonObject? before)
    {
        item.Meta()["resourceVersion"] = (++Revision).ToString(CultureInfo.InvariantCulture);
        if (!_objects.TryGetValue(storage, out SortedDictionary<string, JsonObject>? all)) _objects[storage] = all = new(StringComparer.Ordinal);
        all[Key(item.Space(), item.Name())] = item;
        Tell(new Change(Revision, type, storage, item, before));
        return item;
    }

    private void Tell(Change change)
    {
        _changes.Add(change);
        Changed?.Invoke(change);
    }

    private static string Key(string? space, string name) => $"{space}/{name}";
}
