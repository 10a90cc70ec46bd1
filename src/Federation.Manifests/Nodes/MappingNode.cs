namespace Federation.Manifests.Nodes;

internal sealed class MappingNode : Node
{
    private readonly Dictionary<string, MappingEntry> _byKey = [];
    private readonly List<MappingEntry> _entries = [];
    private readonly List<MappingEntry> _duplicates = [];

    public MappingNode(Position at, IEnumerable<MappingEntry> entries, IEnumerable<MappingNode>? merged = null) : base(at)
    {
        Height = 1;
        foreach (MappingEntry entry in entries)
        {
            if (!TryAdd(entry)) _duplicates.Add(entry);
        }
        // A merged entry yields to a written one and to one merged before it.
        foreach (MappingEntry entry in merged?.SelectMany(static node => node.Entries) ?? []) TryAdd(entry);
    }

    /// <summary>The entries in the order of the text, each key once.</summary>
    public IReadOnlyList<MappingEntry> Entries => _entries;

    /// <summary>Entries whose key was there already.</summary>
    public IReadOnlyList<MappingEntry> Duplicates => _duplicates;

    public override string Description => "a mapping";

    public MappingEntry? Find(string key) => _byKey.GetValueOrDefault(key);

    private bool TryAdd(MappingEntry entry)
    {
        if (!_byKey.TryAdd(entry.Key, entry)) return false;
        _entries.Add(entry);
        Size += entry.Value.Size;
        Height = Math.Max(Height, entry.Value.Height + 1);
        return true;
    }
}
