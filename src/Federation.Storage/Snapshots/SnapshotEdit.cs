namespace Federation.Storage.Snapshots;

/// <summary>
/// The state that a commit group is about to make: later transactions of the group read the earlier ones' writes here.
/// Nothing of it is visible before <see cref="ToSnapshot"/>'s result is published; dropping it undoes the group.
/// </summary>
internal sealed class SnapshotEdit(StoreSnapshot snapshot)
{
    private readonly object _owner = new();
    private readonly SortedDictionary<string, DocumentTreeEdit> _kinds = new(StringComparer.Ordinal);

    /// <summary>The revision of the newest write applied.</summary>
    public long Revision { get; set; } = snapshot.Revision;

    public StoredDocument? Get(DocumentKey key) => _kinds.TryGetValue(key.Kind, out var edit) ? edit.Find(key.Key) : snapshot.Get(key);

    public void Put(StoredDocument document) => Edit(document.Key.Kind).Put(document);

    public void Remove(DocumentKey key) => Edit(key.Kind).Remove(key.Key);

    public StoreSnapshot ToSnapshot()
    {
        var kinds = new Dictionary<string, DocumentTree>(snapshot.Kinds, StringComparer.Ordinal);
        foreach ((string kind, var edit) in _kinds)
        {
            var tree = edit.ToTree();
            if (tree.IsEmpty) kinds.Remove(kind);
            else kinds[kind] = tree;
        }
        return new(Revision, kinds);
    }

    private DocumentTreeEdit Edit(string kind)
    {
        if (_kinds.TryGetValue(kind, out var edit)) return edit;
        edit = new(snapshot.Kinds.TryGetValue(kind, out var tree) ? tree : DocumentTree.Empty, _owner);
        _kinds.Add(kind, edit);
        return edit;
    }
}
