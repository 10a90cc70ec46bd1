namespace Federation.Manifests.Nodes;

/// <summary>A value with its place. The same node may stand in several places where aliases name it.</summary>
internal abstract class Node(Position at)
{
    public Position At { get; } = at;

    /// <summary>Nodes in it, itself and everything that aliases repeat included.</summary>
    public int Size { get; protected set; } = 1;

    /// <summary>Levels of nesting in it: 0 for a scalar.</summary>
    public int Height { get; protected set; }

    /// <summary>How it is joined with what an earlier file says.</summary>
    public MergeMark Mark { get; init; }

    /// <summary>What it is, for a message: never its value.</summary>
    public abstract string Description { get; }

    public bool IsNull => this is ScalarNode { Type: ScalarType.Null };
}
