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

    // What items are called here, by what they are called elsewhere; null where that is several of them.
    private readonly Dictionary<string, string?> _elsewhere = new(StringComparer.Ordinal);

    // What tells items apart beside the former key, by the field that this is.
    private readonly Dictionary<string, IReadOnlyList<string>> _further = new(StringComparer.Ordinal);

    private readonly ItemNames _names;

    private FieldLeaves(ItemNames names) => _names = names;

    /// <summary>Path to field, in ordinal order.</summary>
    public IReadOnlyDictionary<string, FieldLeaf> All => _leaves;

    /// <summary>Whether the document has a field, or something around fields, at the path.</summary>
    public bool Has(string path) => _leaves.ContainsKey(path) || _containers.Contains(path);

    /// <summary>What a field is called here that was written down beside other documents; the same where it is called so here, or is not there.</summary>
    public string NameHere(string path)
    {
        if (Has(path)) return path;
        for (int end = path.IndexOf(']'); end >= 0; end = path.IndexOf(']', end + 1))
        {
            if (_elsewhere.GetValueOrDefault(path[..(end + 1)]) is { } here) return here + path[(end + 1)..];
        }
        return path;
    }

    /// <summary>What a writer owns, as it is called here. Who owns what an item was told apart by, owns what it is told apart by now: it would go with that.</summary>
    public IEnumerable<string> OwnedHere(string path)
    {
        string here = NameHere(path);
        return _further.TryGetValue(here, out IReadOnlyList<string>? further) ? [here, .. further] : [here];
    }

    /// <summary>The fields of a document; none of null.</summary>
    public static FieldLeaves Of(ResourceKind kind, JsonObject? document, ItemNames names)
    {
        var leaves = new FieldLeaves(names);
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
                    if (item is null) continue;
                    string name = _names.Of(list, path, item);
                    if (list.FormerKey is { } key)
                    {
                        foreach (string other in (string[])[FieldPath.Item(path, item, [key]), FieldPath.Item(path, item, list.Keys)])
                            if (!_elsewhere.TryAdd(other, name)) _elsewhere[other] = null;
                        if (_names.KeysOf(list, path, item).Count > 1) _further[FieldPath.Member(name, key)] = [.. list.Keys.Where(other => other != key).Select(other => FieldPath.Member(name, other))];
                    }
                    Add(list.Item, null, item, name);
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
