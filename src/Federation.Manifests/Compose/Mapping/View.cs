using Federation.Manifests.Compose.Values;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Mapping;

/// <summary>A value of a Compose file with its place, read as what it should be; what it is not is told, and read as if it were not there.</summary>
internal readonly struct View(Node? node, KeyPlace place, InputErrors errors)
{
    public Node? Node { get; } = node is { IsNull: true } ? null : node;

    public KeyPlace Place { get; } = place;

    public bool IsThere => Node is not null;

    public bool IsMapping => Node is MappingNode;

    public bool IsList => Node is SequenceNode;

    public InputErrors Errors => errors;

    /// <summary>A member; one that is not there has the place of the whole.</summary>
    public View this[string key]
    {
        get
        {
            if ((Node as MappingNode)?.Find(key) is { } entry) return new(entry.Value, Place.Member(key, entry.At), errors);
            return new(null, new KeyPlace(NodePath.Key(Place.Path, key), Place.At), errors);
        }
    }

    /// <summary>The members of a mapping, empty ones too, but for extensions.</summary>
    public IEnumerable<(string Key, View Value)> Members
    {
        get
        {
            (InputErrors own, KeyPlace at) = (errors, Place);
            return Node is MappingNode mapping
                ? mapping.Entries.Where(static entry => !entry.Key.StartsWith("x-", StringComparison.Ordinal)).Select(entry => (entry.Key, new View(entry.Value, at.Member(entry.Key, entry.At), own)))
                : [];
        }
    }

    /// <summary>The items of a list; a value alone is a list of one.</summary>
    public IEnumerable<View> Items
    {
        get
        {
            (InputErrors own, KeyPlace at) = (errors, Place);
            return Node switch
            {
                SequenceNode list => list.Items.Select((item, index) => new View(item, new KeyPlace(NodePath.Item(at.Path, index), item.At), own)),
                null => [],
                var single => [new View(single, at, own)],
            };
        }
    }

    public string? Text => Node is ScalarNode scalar ? scalar.Text : null;

    /// <summary>The text; null where it is empty, as it is where a variable that is not set stands in it: then it is as if the key were not written.</summary>
    public string? SomeText => Text is { Length: > 0 } text ? text : null;

    public IReadOnlyList<string> Texts => [.. Items.Select(static item => item.Text).OfType<string>()];

    public bool? Flag => Read(static text => (bool?)ComposeScalars.Flag(text));

    public long? Whole => Read(static text => (long?)ComposeScalars.Whole(text));

    public double? Number => Read(static text => (double?)ComposeScalars.Number(text));

    public double? Seconds => Read(static text => (double?)ComposeScalars.Seconds(text));

    public long? Bytes => Read(static text => (long?)ComposeScalars.Bytes(text));

    public long? CpuMillis => Read(static text => (long?)ComposeScalars.CpuMillis(text));

    public string? Mode => Node is ScalarNode { Type: var type } ? Read(text => ComposeScalars.Mode(text, quoted: type == ScalarType.Text)) : null;

    /// <summary>A command: a list as it stands, a line cut into words.</summary>
    public IReadOnlyList<string>? Command => !IsThere ? null : IsList ? Texts : Read(ComposeScalars.Words);

    public void Refuse(string rule, string? suggestion = null) => errors.Add(Place.At, Place.Path, rule, suggestion);

    public void Warn(string rule, string? suggestion = null) => errors.Warn(Place.At, Place.Path, rule, suggestion);

    private T? Read<T>(Func<string, T?> read)
    {
        if (Text is not { } text) return default;
        try
        {
            return read(text);
        }
        catch (FormatException e)
        {
            Refuse(e.Message);
            return default;
        }
    }
}
