using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;

namespace Federation.Manifests.Ownership;

/// <summary>
/// What items of lists are called in documents that are held against each other. Where a list got a longer merge key, its items are called by the former one as long as that
/// tells them apart in each of the documents: what was written and owned under it means the same as then.
/// </summary>
internal sealed class ItemNames
{
    private readonly HashSet<string> _several = new(StringComparer.Ordinal);

    private ItemNames() { }

    /// <summary>Whether the former key is not enough for some item.</summary>
    public bool AreLonger => _several.Count > 0;

    /// <summary>The names for documents of a kind.</summary>
    public static ItemNames Of(ResourceKind kind, params ReadOnlySpan<JsonObject?> documents)
    {
        var names = new ItemNames();
        foreach (JsonObject? document in documents) names.Look(ShapeReflection.Of(kind), document, "");
        return names;
    }

    /// <summary>The members that an item of a list is called by.</summary>
    public IReadOnlyList<string> KeysOf(Shape.List list, string path, JsonNode item) =>
        list.FormerKey is { } key && !_several.Contains(FieldPath.Item(path, item, [key])) ? [key] : list.Keys;

    /// <summary>What an item of a list is called.</summary>
    public string Of(Shape.List list, string path, JsonNode item) => FieldPath.Item(path, item, KeysOf(list, path, item));

    private void Look(Shape shape, JsonNode? node, string path)
    {
        if (shape is Shape.Composite composite && node is JsonObject map)
        {
            foreach (ShapeMember member in composite.Members) Look(member.Shape, map[member.Name], FieldPath.Member(path, member.Name));
        }
        else if (shape is Shape.List { Keys.Count: > 0 } list && node is JsonArray items)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonNode? item in items)
            {
                if (item is null) continue;
                if (list.FormerKey is { } key && FieldPath.Item(path, item, [key]) is var former && !seen.Add(former)) _several.Add(former);
                Look(list.Item, item, FieldPath.Item(path, item, list.Keys));
            }
        }
    }
}
