namespace Federation.Manifests.Nodes;

internal sealed class ScalarNode(Position at, string text, ScalarType type) : Node(at)
{
    public string Text { get; } = text;

    public ScalarType Type { get; } = type;

    public override string Description => Type switch
    {
        ScalarType.Text => "text",
        ScalarType.Integer => "a number",
        ScalarType.Number => "a number with a fraction",
        ScalarType.Boolean => "true or false",
        _ => "nothing",
    };
}
