using System.Text.Json.Nodes;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Values;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>A value of a manifest with its place. What it should be has been checked against the table: what is something else is told already, and read as if it were not there.</summary>
internal readonly struct ManifestView(Node? node, KeyPlace place, InputErrors errors)
{
    public Node? Node { get; } = node is { IsNull: true } ? null : node;

    public KeyPlace Place { get; } = place;

    public bool IsThere => Node is not null;

    /// <summary>A member; one that is not there has the place of the whole.</summary>
    public ManifestView this[string key] => (Node as MappingNode)?.Find(key) is { } entry
        ? new(entry.Value, Place.Member(key, Sourced(entry.At)), errors)
        : new(null, new KeyPlace(NodePath.Key(Place.Path, key), Place.At), errors);

    /// <summary>The members of a mapping that are not empty.</summary>
    public IEnumerable<(string Key, ManifestView Value)> Members
    {
        get
        {
            ManifestView self = this;
            return Node is MappingNode mapping ? mapping.Entries.Where(static entry => !entry.Value.IsNull).Select(entry => (entry.Key, self[entry.Key])) : [];
        }
    }

    /// <summary>The members of a mapping of texts: an empty one is empty text.</summary>
    public IEnumerable<(string Key, ManifestView Value)> Entries
    {
        get
        {
            ManifestView self = this;
            return Node is MappingNode mapping ? mapping.Entries.Select(entry => (entry.Key, self[entry.Key])) : [];
        }
    }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<ManifestView> Items
    {
        get
        {
            if (Node is not SequenceNode list) return [];
            var items = new ManifestView[list.Items.Count];
            for (int i = 0; i < items.Length; i++) items[i] = new(list.Items[i], new KeyPlace(NodePath.Item(Place.Path, i), Sourced(list.Items[i].At)), errors);
            return items;
        }
    }

    public string? Text => Node is ScalarNode scalar ? scalar.Text : null;

    public long? Whole => Node is ScalarNode scalar ? ManifestScalars.Whole(scalar) : null;

    public bool? Flag => Node is ScalarNode { Type: ScalarType.Boolean } scalar ? scalar.Text[0] is 't' or 'T' : null;

    public JsonNode? Json => Node is null ? null : ManifestJson.Of(Node);

    public IReadOnlyList<string> Texts => [.. Items.Select(static item => item.Text).OfType<string>()];

    public void Refuse(string rule, string? suggestion = null) => errors.Add(Place.At, Place.Path, rule, suggestion);

    public void Warn(string rule, string? suggestion = null) => errors.Warn(Place.At, Place.Path, rule, suggestion);

    private Position Sourced(Position at) => at with { Source = Place.At.Source };
}
