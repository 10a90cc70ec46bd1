namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>The known fields below one place of a kind.</summary>
internal sealed class FieldNode
{
    private readonly Dictionary<string, FieldNode> _children = new(StringComparer.Ordinal);

    /// <summary>What stands here as a plain value; null if nothing may.</summary>
    public KubernetesField? Field { get; private set; }

    /// <summary>What everything here and below is; null if that is told field by field.</summary>
    public KubernetesField? Open { get; private set; }

    public FieldNode? Item => Child("[]");

    public FieldNode? Named => Child("<name>");

    /// <summary>The fields with a fixed name.</summary>
    public IEnumerable<string> Names => _children.Keys.Where(static name => name is not ("[]" or "<name>")).Order(StringComparer.Ordinal);

    public bool IsFree => Open is not null && _children.Count == 0;

    public bool TakesMapping => _children.Keys.Any(static name => name != "[]");

    public FieldNode? Child(string name) => _children.GetValueOrDefault(name);

    /// <summary>The node of a key of a mapping.</summary>
    public FieldNode? At(string key) => key is not ("[]" or "<name>") && Child(key) is { } known ? known : Named;

    public static FieldNode Of(IEnumerable<KubernetesField> fields)
    {
        var root = new FieldNode();
        foreach (KubernetesField field in fields)
        {
            FieldNode node = root;
            foreach (string part in Parts(field.Path))
            {
                if (!node._children.TryGetValue(part, out FieldNode? next)) node._children[part] = next = new FieldNode();
                node = next;
            }
            if (field.WithAllBelow) node.Open = field;
            else node.Field = field;
        }
        return root;
    }

    public static string[] Parts(string path) => path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.');
}
