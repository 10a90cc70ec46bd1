using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;

namespace Federation.Manifests.Schema;

/// <summary>The kinds as JSON Schema (2020-12, as OpenAPI 3.1 uses it), strict as the reader is.</summary>
public static class JsonSchemas
{
    private const string Prefix = "#/components/schemas/";

    /// <summary>A reference to a kind's schema among <see cref="Components"/>.</summary>
    public static JsonObject Reference(ResourceKind kind) => new() { ["$ref"] = Prefix + kind.Type.Name };

    /// <summary>The schemas of all kinds and of what they are made of, by name, for an OpenAPI document's <c>components.schemas</c>.</summary>
    public static JsonObject Components()
    {
        var schemas = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (ResourceKind kind in ResourceKind.All) AddKind(kind, schemas);
        return new JsonObject(schemas.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
    }

    private static void AddKind(ResourceKind kind, SortedDictionary<string, JsonObject> schemas)
    {
        AddComposite(ShapeReflection.Of(kind), schemas);
        JsonObject schema = schemas[kind.Type.Name];
        var properties = (JsonObject)schema["properties"]!;
        properties.Insert(0, "apiVersion", new JsonObject { ["type"] = "string", ["const"] = Resource.Version });
        properties.Insert(1, "kind", new JsonObject { ["type"] = "string", ["const"] = kind.Name });
        JsonArray required = schema["required"]?.AsArray() ?? [];
        required.Insert(0, "kind");
        required.Insert(0, "apiVersion");
        schema["required"] ??= required;
    }

    private static void AddComposite(Shape.Composite shape, SortedDictionary<string, JsonObject> schemas)
    {
        if (schemas.ContainsKey(shape.Type.Name)) return;
        var schema = new JsonObject { ["type"] = "object", ["description"] = DomainDocumentation.Of(shape.Type) };
        schemas.Add(shape.Type.Name, schema);
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (ShapeMember member in shape.Members)
        {
            properties.Add(member.Name, Property(member, schemas));
            if (member.Required || (!member.Nullable && !member.ServerWritten && member.Shape is Shape.Composite { HasRequired: true })) required.Add(member.Name);
        }
        schema["properties"] = properties;
        if (required.Count > 0) schema["required"] = required;
        schema["additionalProperties"] = false;
    }

    private static JsonObject Property(ShapeMember member, SortedDictionary<string, JsonObject> schemas)
    {
        JsonObject schema = Of(member.Shape, schemas);
        if (member.Range is { } range)
        {
            schema["minimum"] = Number(range.Minimum);
            // The whole range of the type says nothing.
            if (range.Maximum is not int.MaxValue) schema["maximum"] = Number(range.Maximum);
        }
        if (member is { Default: not null, Required: false, ServerWritten: false, Nullable: false } && member.Shape is not Shape.Composite)
            schema["default"] = JsonSerializer.SerializeToNode(member.Default, member.Default.GetType(), DomainJson.Options);
        if (DomainDocumentation.Of(member.Property) is { Length: > 0 } text) schema["description"] = text;
        if (member.ServerWritten) schema["readOnly"] = true;
        return schema;
    }

    private static JsonObject Of(Shape shape, SortedDictionary<string, JsonObject> schemas)
    {
        switch (shape)
        {
            case Shape.Text: return new() { ["type"] = "string" };
            case Shape.Flag: return new() { ["type"] = "boolean" };
            case Shape.Whole: return new() { ["type"] = "integer", ["format"] = shape.Type == typeof(int) ? "int32" : "int64" };
            case Shape.Number: return new() { ["type"] = "number" };
            case Shape.Moment: return new() { ["type"] = "string", ["format"] = "date-time" };
            case Shape.Choice choice: return new() { ["type"] = "string", ["enum"] = new JsonArray([.. choice.Words.Keys.Select(static word => JsonValue.Create(word))]) };
            case Shape.Value: return new() { ["type"] = new JsonArray("string", "number") };
            case Shape.List list: return new() { ["type"] = "array", ["items"] = Of(list.Item, schemas) };
            case Shape.Map: return new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
            default:
                AddComposite((Shape.Composite)shape, schemas);
                return new() { ["$ref"] = Prefix + shape.Type.Name };
        }
    }

    private static JsonNode Number(object bound) =>
        bound is int whole ? JsonValue.Create(whole) : JsonValue.Create(Convert.ToDouble(bound, CultureInfo.InvariantCulture));
}
