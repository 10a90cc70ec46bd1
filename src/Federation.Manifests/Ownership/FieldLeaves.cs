using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;

namespace Federation.Manifests.Ownership;

/// <summary>One field with its value.</summary>
/// <param name="Json">The value.</param>
/// <param name="IsDefault">Whether it is what stands there where nothing is written.</param>
internal readonly record struct FieldLeaf(string Json, bool IsDefault);

/// <summary>A document as the fields that can be owned: single values, lists without merge keys as a whole, and what is written empty.</summary>
internal sealed class FieldLeaves
{
    private readonly SortedDictionary<string, FieldLeaf> _leaves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _containers = new(StringComparer.Ordinal);

    private FieldLeaves() { }

    /// <summary>Path to field, in ordinal order.</summary>
    public IReadOnlyDictionary<string, FieldLeaf> All => _leaves;

    /// <summary>Whether the document has a field, or something around fields, at the path.</summary>
    public bool Has(string path) => _leaves.ContainsKey(path) || _containers.Contains(path);

    /// <summary>The fields of a document; none of null.</summary>
    public static FieldLeaves Of(ResourceKind kind, JsonObject? document)
    {
        var leaves = new FieldLeaves();
        if (document is not null) leaves.AddMembers(ShapeReflection.Of(kind), document, "");
        return leaves;
    }

    /// <summary>Fields that two documents do not have alike, in ordinal order.</summary>
    public static IEnumerable<string> Differences(FieldLeaves before, FieldLeaves after)
    {
        var paths = new SortedSet<string>(before._leaves.Keys, StringComparer.Ordinal);
        paths.UnionWith(after._leaves.Keys);
        return paths.Where(path => !before._leaves.TryGetValue(path, out FieldLeaf old) || !after._leaves.TryGetValue(path, out FieldLeaf now) || old.Json != now.Json);
    }

    /// <summary>Whether the member is the resource's address, which nobody owns.</summary>
    public static bool IsAddress(string path) => path is "metadata.name" or "metadata.namespace";

    private void Add(Shape shape, string? defaultJson, JsonNode node, string path)
    {
        switch (shape)
        {
            case Shape.Composite composite when node is JsonObject { Count: > 0 } map:
                _containers.Add(path);
                AddMembers(composite, map, path);
                break;
            case Shape.Map when node is JsonObject { Count: > 0 } map:
                _containers.Add(path);
                foreach ((string key, JsonNode? value) in map)
                {
                    if (value is not null) _leaves[FieldPath.Key(path, key)] = new(value.ToJsonString(DomainJson.Options), false);
                }
                break;
            case Shape.List { Keys.Count: > 0 } list when node is JsonArray { Count: > 0 } items:
                _containers.Add(path);
                foreach (JsonNode? item in items)
                {
                    if (item is not null) Add(list.Item, null, item, FieldPath.Item(path, item, list.Keys));
                }
                break;
            default:
                string json = node.ToJsonString(DomainJson.Options);
                _leaves[path] = new(json, json == defaultJson);
                break;
        }
    }

    private void AddMembers(Shape.Composite shape, JsonObject map, string path)
    {
        foreach (ShapeMember member in shape.Members)
        {
            string at = FieldPath.Member(path, member.Name);
            if (!member.ServerWritten && !IsAddress(at) && map[member.Name] is { } value) Add(member.Shape, member.DefaultJson, value, at);
        }
    }
}
