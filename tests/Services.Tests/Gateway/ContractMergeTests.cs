using System.Text.Json.Nodes;
using Federation.Gateway.Api;

namespace Federation.Services.Tests.Gateway;

public sealed class ContractMergeTests
{
    [Fact]
    public void Of_TwoServices_HasThePathsOfBothAndTheirSchemasOnce()
    {
        JsonObject merged = Merge(
            Document("/v1/a", "get", "View", """{"type":"object","properties":{"x":{"type":"string"}}}"""),
            Document("/v1/a", "put", "View", """{"type":"object","properties":{"x":{"type":"string"}}}"""));
        Assert.Equal(["get", "put"], merged["paths"]!["/v1/a"]!.AsObject().Select(static operation => operation.Key));
        Assert.Equal(["View"], Schemas(merged));
        Assert.Equal("#/components/schemas/View", Reference(merged, "/v1/a", "put"));
    }

    [Fact]
    public void Of_TwoSchemasOfOneName_KeepsBothApartAndEveryReferenceRight()
    {
        JsonObject merged = Merge(
            Document("/v1/a", "get", "View", """{"type":"object","properties":{"x":{"type":"string"}}}"""),
            Document("/v1/b", "get", "View", """{"type":"object","properties":{"y":{"type":"integer"}}}"""));
        Assert.Equal(["HealthView", "View"], Schemas(merged));
        Assert.Equal("#/components/schemas/View", Reference(merged, "/v1/a", "get"));
        Assert.Equal("#/components/schemas/HealthView", Reference(merged, "/v1/b", "get"));
        Assert.NotNull(merged["components"]!["schemas"]!["HealthView"]!["properties"]!["y"]);
    }

    [Fact]
    public void Of_SchemasThatDifferOnlyInWhatTheyReferTo_KeepsThemApart()
    {
        JsonObject first = Document("/v1/a", "get", "List", """{"type":"array","items":{"$ref":"#/components/schemas/Item"}}""");
        JsonObject second = (JsonObject)first.DeepClone();
        first["components"]!["schemas"]!["Item"] = new JsonObject { ["type"] = "string" };
        second["components"]!["schemas"]!["Item"] = new JsonObject { ["type"] = "integer" };
        second["paths"]!["/v1/b"] = second["paths"]!["/v1/a"]!.DeepClone();
        JsonObject merged = Merge(first, second);
        Assert.Equal("#/components/schemas/HealthList", Reference(merged, "/v1/b", "get"));
        Assert.Equal("#/components/schemas/HealthItem", merged["components"]!["schemas"]!["HealthList"]!["items"]!["$ref"]!.GetValue<string>());
    }

    [Fact]
    public void Of_PathsThatAreNoCallers_LeavesThemOut() =>
        Assert.Empty(Merge(Document("/metrics", "get", "View", "{}"), Document("/oauth2/x", "get", "View", "{}"))["paths"]!.AsObject());

    private static JsonObject Merge(JsonObject first, JsonObject second) => ContractMerge.Of("test", [("placement", first), ("health", second)]);

    private static string[] Schemas(JsonObject document) => [.. document["components"]!["schemas"]!.AsObject().Select(static schema => schema.Key)];

    private static string Reference(JsonObject document, string path, string method) => document["paths"]![path]![method]!["schema"]!["$ref"]!.GetValue<string>();

    private static JsonObject Document(string path, string method, string schema, string body) => new()
    {
        ["paths"] = new JsonObject { [path] = new JsonObject { [method] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" } } } },
        ["components"] = new JsonObject { ["schemas"] = new JsonObject { [schema] = JsonNode.Parse(body) } },
    };
}
