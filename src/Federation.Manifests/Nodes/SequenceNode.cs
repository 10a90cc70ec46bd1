namespace Federation.Manifests.Nodes;

internal sealed class SequenceNode : Node
{
    public SequenceNode(Position at, IReadOnlyList<Node> items) : base(at)
    {
        Items = items;
        Height = 1;
        foreach (Node item in items)
        {
            Size += item.Size;
            Height = Math.Max(Height, item.Height + 1);
        }
    }

    public IReadOnlyList<Node> Items { get; }

    public override string Description => "a list";
}
