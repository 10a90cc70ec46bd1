namespace Federation.Manifests.Nodes;

internal sealed record MappingEntry(string Key, Position KeyAt, Node Value)
{
    /// <summary>Where a message about the value points: to the value itself, or to the key where the value spans lines.</summary>
    public Position At => Value is ScalarNode { IsNull: false } ? Value.At : KeyAt;
}
