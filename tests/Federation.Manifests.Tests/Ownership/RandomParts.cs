using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Ownership;

/// <summary>Parts of random resources, as writers declare them.</summary>
internal static class RandomParts
{
    /// <summary>What a writer declares of a random resource of the kind: some of its fields.</summary>
    public static JsonObject Of(Random random, ResourceKind kind)
    {
        Resource resource;
        do resource = RandomResource.Make(random);
        while (resource.Kind != kind.Name);
        resource = resource with { Metadata = resource.Metadata with { Name = "web", Namespace = kind.Namespaced ? "default" : null } };
        JsonObject part = Split(random, ShapeReflection.Of(kind), ResourceWriter.ToNode(resource), [0.3 + random.NextDouble()])[0];
        return SharedDocument.Part(part.ToJsonString()).Written;
    }

    /// <summary>The fields of a whole, dealt out: each field to one writer.</summary>
    public static JsonObject[] Dealt(Random random, Resource whole, int writers)
    {
        ResourceKind kind = ResourceKind.Find(whole.Kind)!;
        JsonObject[] parts = Split(random, ShapeReflection.Of(kind), ResourceWriter.ToNode(whole), [.. Enumerable.Repeat(1.0 / writers, writers)]);
        return [.. parts.Select(part => SharedDocument.Part(part.ToJsonString()).Written)];
    }

    // A field goes to the first writer whose chance it falls under; what tells items apart, and the address, go to all.
    private static JsonObject[] Split(Random random, Shape.Composite shape, JsonObject whole, double[] chances)
    {
        JsonObject[] parts = [.. chances.Select(_ => new JsonObject { ["apiVersion"] = whole["apiVersion"]?.DeepClone(), ["kind"] = whole["kind"]?.DeepClone() })];
        Deal(random, shape, whole, parts, chances, "");
        return parts;
    }

    private static void Deal(Random random, Shape.Composite shape, JsonObject whole, JsonObject[] parts, double[] chances, string path)
    {
        foreach (ShapeMember member in shape.Members)
        {
            if (member.ServerWritten || whole[member.Name] is not { } value) continue;
            string at = path + "/" + member.Name;
            if (at is "/metadata/name" or "/metadata/namespace" || shape.MergeKeys.Contains(member.Name))
            {
                foreach (JsonObject part in parts) part[member.Name] = value.DeepClone();
            }
            else if (member.Shape is Shape.Composite composite && value is JsonObject map)
            {
                JsonObject[] inner = [.. parts.Select(_ => new JsonObject())];
                Deal(random, composite, map, inner, chances, at);
                for (int i = 0; i < parts.Length; i++)
                {
                    if (inner[i].Count > 0) parts[i][member.Name] = inner[i];
                }
            }
            else if (member.Shape is Shape.Map && value is JsonObject entries)
            {
                foreach ((string key, JsonNode? entry) in entries)
                {
                    if (Chosen(random, chances) is not { } winner) continue;
                    if (parts[winner][member.Name] is not JsonObject own) parts[winner][member.Name] = own = [];
                    own[key] = entry!.DeepClone();
                }
            }
            else if (Chosen(random, chances) is { } winner)
            {
                parts[winner][member.Name] = value.DeepClone();
            }
        }
    }

    private static int? Chosen(Random random, double[] chances)
    {
        double drawn = random.NextDouble();
        for (int i = 0; i < chances.Length; i++)
        {
            if (drawn < chances[i]) return i;
            drawn -= chances[i];
        }
        return null;
    }
}
