using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;

namespace Federation.Manifests.Ownership;

/// <summary>
/// Lays what is written over what is there. What is there stays unless its last owner dropped it; defaults that nobody owns are left out, so
/// that they vanish with what is around them (the path of an http check whose owner now writes a tcp check) and are filled in again where
/// it stays.
/// </summary>
/// <param name="dropped">Fields that the writer owned, does not write any more, and that no other owns.</param>
/// <param name="others">Fields that others own.</param>
/// <param name="names">What items of lists are called.</param>
internal sealed class FieldMerge(SortedSet<string> dropped, HashSet<string> others, ItemNames names)
{
    public JsonObject Document(ResourceKind kind, JsonObject? present, JsonObject written)
    {
        var document = new JsonObject { ["apiVersion"] = Resource.Version, ["kind"] = kind.Name };
        foreach (ShapeMember member in ShapeReflection.Of(kind).Members)
        {
            if (!member.ServerWritten && Merge(member.Shape, null, present?[member.Name], written[member.Name], member.Name) is { } merged) document[member.Name] = merged;
        }
        return document;
    }

    private JsonNode? Merge(Shape shape, string? defaultJson, JsonNode? present, JsonNode? written, string path) => (shape, written ?? present) switch
    {
        (_, null) => null,
        (Shape.Composite composite, JsonObject) => MergeMembers(composite, present as JsonObject, written as JsonObject, path),
        (Shape.Map, JsonObject) => MergeMap(present as JsonObject, written as JsonObject, path),
        (Shape.List { Keys.Count: > 0 } list, JsonArray) => MergeItems(list, present as JsonArray, written as JsonArray, path),
        _ => written is not null ? written.DeepClone() : Stays(present!, defaultJson, path) ? present!.DeepClone() : null,
    };

    private bool Stays(JsonNode present, string? defaultJson, string path) =>
        FieldLeaves.IsAddress(path) || others.Contains(path) || (!dropped.Contains(path) && (defaultJson is null || present.ToJsonString(DomainJson.Options) != defaultJson));

    private JsonObject? MergeMembers(Shape.Composite shape, JsonObject? present, JsonObject? written, string path)
    {
        var merged = new JsonObject();
        foreach (ShapeMember member in shape.Members)
        {
            if (member.ServerWritten) continue;
            string at = FieldPath.Member(path, member.Name);
            if (Merge(member.Shape, member.DefaultJson, present?[member.Name], written?[member.Name], at) is { } value) merged[member.Name] = value;
        }
        return merged.Count > 0 || KeepsEmpty(present, written, path) ? merged : null;
    }

    private JsonObject? MergeMap(JsonObject? present, JsonObject? written, string path)
    {
        var merged = new JsonObject();
        foreach (string key in (present ?? []).Concat(written ?? []).Select(static entry => entry.Key).Distinct(StringComparer.Ordinal))
        {
            if (Merge(new Shape.Text(), null, present?[key], written?[key], FieldPath.Key(path, key)) is { } value) merged[key] = value;
        }
        return merged.Count > 0 || KeepsEmpty(present, written, path) ? merged : null;
    }

    private JsonArray? MergeItems(Shape.List shape, JsonArray? present, JsonArray? written, string path)
    {
        Dictionary<string, JsonNode> old = ByPath(present), wanted = ByPath(written);
        var order = new List<string>(wanted.Keys);
        // The writer's items in the writer's order; each other item stays behind the one that it was behind.
        string? before = null;
        foreach (string item in old.Keys)
        {
            if (!wanted.ContainsKey(item)) order.Insert(before is null ? 0 : order.IndexOf(before) + 1, item);
            before = item;
        }
        var merged = new JsonArray();
        foreach (string item in order)
        {
            JsonNode? now = wanted.GetValueOrDefault(item);
            // An item goes with what tells it apart.
            if (now is null && names.KeysOf(shape, path, old[item]).Any(key => dropped.Contains(FieldPath.Member(item, key)))) continue;
            if (Merge(shape.Item, null, old.GetValueOrDefault(item), now, item) is { } value) merged.Add(value);
        }
        return merged.Count > 0 || KeepsEmpty(present, written, path) ? merged : null;

        Dictionary<string, JsonNode> ByPath(JsonArray? items)
        {
            var byPath = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
            foreach (JsonNode? item in items ?? [])
            {
                if (item is not null) byPath.TryAdd(names.Of(shape, path, item), item);
            }
            return byPath;
        }
    }

    // Written empty by somebody, or empty but for defaults and nothing of it was dropped.
    private bool KeepsEmpty(JsonNode? present, JsonNode? written, string path) =>
        written is not null
        || (present is not null && (others.Contains(path) || !(dropped.Contains(path) || dropped.Any(field => FieldPath.IsInside(field, path)))));
}
