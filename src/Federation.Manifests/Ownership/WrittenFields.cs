using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Nodes;
using Federation.Manifests.Shapes;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Ownership;

/// <summary>What a document says itself, without the defaults that binding adds; each value in its one JSON form.</summary>
internal static class WrittenFields
{
    public static JsonObject Of(MappingNode document, ResourceKind kind, Resource bound)
    {
        JsonObject whole = ResourceWriter.ToNode(bound);
        var written = new JsonObject { ["apiVersion"] = Resource.Version, ["kind"] = kind.Name };
        Pick(document, ShapeReflection.Of(kind), [], whole, written);
        return written;
    }

    private static JsonNode Pick(Node node, Shape shape, JsonNode value)
    {
        switch (shape)
        {
            case Shape.Composite composite when node is MappingNode mapping && value is JsonObject whole:
                var picked = new JsonObject();
                Pick(mapping, composite, composite.MergeKeys, whole, picked);
                return picked;
            case Shape.List { Keys.Count: > 0 } list when node is SequenceNode sequence && value is JsonArray items && items.Count == sequence.Items.Count:
                return new JsonArray([.. sequence.Items.Zip(items, (item, whole) => whole is null ? null : Pick(item, list.Item, whole))]);
            default:
                return value.DeepClone();
        }
    }

    // What tells items apart is written with its default too, so that an item is the same however it is written.
    private static void Pick(MappingNode mapping, Shape.Composite shape, IReadOnlyList<string> always, JsonObject whole, JsonObject picked)
    {
        foreach (ShapeMember member in shape.Members)
        {
            if (member.ServerWritten || whole[member.Name] is not { } value) continue;
            if (mapping.Find(member.Name) is { Value.IsNull: false } entry) picked[member.Name] = Pick(entry.Value, member.Shape, value);
            else if (always.Contains(member.Name)) picked[member.Name] = value.DeepClone();
        }
    }
}
