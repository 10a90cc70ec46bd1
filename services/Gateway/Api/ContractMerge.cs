using System.Text.Json.Nodes;

namespace Federation.Gateway.Api;

/// <summary>Puts several OpenAPI documents together.</summary>
public static class ContractMerge
{
    private const string Schemas = "#/components/schemas/";

    /// <summary>
    /// One document with every path of the parts. The first that has a method of a path describes it. Schemas of one name are one where they are alike;
    /// another of the same name gets its part's name in front.
    /// </summary>
    /// <param name="title">The document's title.</param>
    /// <param name="parts">The documents by their names. They are not changed.</param>
    public static JsonObject Of(string title, IReadOnlyList<(string Name, JsonObject Document)> parts)
    {
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string name, JsonObject original) in parts)
        {
            JsonObject document = Renamed(original, name, schemas);
            foreach ((string path, JsonNode? item) in document["paths"]?.AsObject() ?? [])
            {
                if (!path.StartsWith("/v1", StringComparison.Ordinal)) continue;
                if (!paths.TryGetValue(path, out JsonObject? known)) paths[path] = known = [];
                foreach ((string method, JsonNode? operation) in item!.AsObject())
                    if (!known.ContainsKey(method)) known[method] = operation?.DeepClone();
            }
            foreach ((string schema, JsonNode? body) in document["components"]?["schemas"]?.AsObject() ?? [])
                if (body is not null) schemas.TryAdd(schema, body.DeepClone());
            foreach (JsonNode? tag in document["tags"]?.AsArray() ?? [])
                if (tag?["name"]?.GetValue<string>() is { } text) tags.Add(text);
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = title, ["version"] = "v1" },
            ["paths"] = new JsonObject(paths.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } },
            },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. tags.Select(static tag => (JsonNode)new JsonObject { ["name"] = tag })]),
        };
    }

    private static JsonObject Renamed(JsonObject document, string part, SortedDictionary<string, JsonNode> known)
    {
        JsonObject own = document["components"]?["schemas"]?.AsObject() ?? [];
        var clashing = new HashSet<string>(own.Where(schema => known.TryGetValue(schema.Key, out JsonNode? other) && !JsonNode.DeepEquals(other, schema.Value)).Select(static schema => schema.Key));
        if (clashing.Count == 0) return document;
        // What refers to a schema that gets another name is another schema, too, though it reads the same.
        while (own.FirstOrDefault(schema => !clashing.Contains(schema.Key) && References(schema.Value).Any(clashing.Contains)) is { Key: { } further }) clashing.Add(further);
        return (JsonObject)Copy(document)!;

        string NewName(string name) => clashing.Contains(name) ? $"{char.ToUpperInvariant(part[0])}{part[1..]}{name}" : name;

        JsonNode? Copy(JsonNode? node, bool named = false) => node switch
        {
            JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(
                named ? NewName(pair.Key) : pair.Key,
                pair is { Key: "$ref", Value: JsonValue reference } && reference.GetValue<string>() is var target && target.StartsWith(Schemas, StringComparison.Ordinal)
                    ? (JsonNode?)(Schemas + NewName(target[Schemas.Length..]))
                    : Copy(pair.Value, named: pair.Key == "schemas" && ReferenceEquals(map, document["components"]))))),
            JsonArray list => new JsonArray([.. list.Select(item => Copy(item))]),
            null => null,
            _ => node.DeepClone(),
        };
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static pair => pair is { Key: "$ref", Value: JsonValue reference } && reference.GetValue<string>() is var target && target.StartsWith(Schemas, StringComparison.Ordinal)
            ? [target[Schemas.Length..]]
            : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
