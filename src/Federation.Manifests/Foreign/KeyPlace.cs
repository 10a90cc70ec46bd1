using Federation.Manifests.Nodes;

namespace Federation.Manifests.Foreign;

/// <summary>Where a key of a foreign file stands.</summary>
internal readonly record struct KeyPlace(string Path, Position At)
{
    public KeyPlace Member(string key, Position at) => new(NodePath.Key(Path, key), at);
}
