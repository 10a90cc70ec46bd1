namespace Federation.Manifests.Compose.Keys;

/// <summary>The known keys below one place of a Compose file.</summary>
internal sealed class KeyNode
{
    private readonly Dictionary<string, KeyNode> _children = new(StringComparer.Ordinal);

    /// <summary>What stands here as a plain value; null if nothing may.</summary>
    public ComposeKey? Key { get; private set; }

    /// <summary>What everything here and below is; null if that is told key by key.</summary>
    public ComposeKey? Open { get; private set; }

    public KeyNode? Item => Child("[]");

    public KeyNode? Named => Child("<name>");

    public KeyNode? Extensions => Child("x-*");

    /// <summary>The keys with a fixed name.</summary>
    public IEnumerable<string> Names => _children.Keys.Where(static name => name is not ("[]" or "<name>" or "x-*")).Order(StringComparer.Ordinal);

    public bool TakesMapping => _children.Keys.Any(static name => name != "[]");

    public KeyNode? Child(string name) => _children.GetValueOrDefault(name);

    /// <summary>The node of a key of a mapping.</summary>
    public KeyNode? At(string key) => Child(key) is { } known && key is not ("[]" or "<name>") ? known : key.StartsWith("x-", StringComparison.Ordinal) && Extensions is { } own ? own : Named;

    public static KeyNode Of(IReadOnlyList<ComposeKey> keys)
    {
        var root = new KeyNode();
        foreach (ComposeKey key in keys)
        {
            KeyNode node = root;
            foreach (string part in key.Path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.'))
            {
                if (!node._children.TryGetValue(part, out KeyNode? next)) node._children[part] = next = new KeyNode();
                node = next;
            }
            if (key.WithAllBelow || key.Path.EndsWith("x-*", StringComparison.Ordinal)) node.Open = key;
            else node.Key = key;
        }
        return root;
    }
}
