using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Schema;

namespace Federation.Manifests.Tests;

public sealed class ResourceSchemaTests
{
    private const string ReferencePage = "docs/reference/resources.md";

    public static TheoryData<string> Kinds() => [.. ResourceKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Describe_EveryField_HasDocumentation(string kind)
    {
        foreach (FieldDescription field in All(ResourceSchema.Describe(ResourceKind.Find(kind)!)))
            Assert.False(string.IsNullOrWhiteSpace(field.Documentation), $"{kind} {field.Path} says nothing");
    }

    [Fact]
    public void Find_FieldInAListInAnyCase_IsFound()
    {
        FieldDescription field = ResourceSchema.Find(ResourceKind.Find("workload")!, "spec.Template.ports.containerPort")!;
        Assert.Equal(("spec.template.ports[].containerPort", "whole number", "1", "65535"), (field.Path, field.Type, field.Minimum, field.Maximum));
    }

    [Fact]
    public void Find_AbsentField_IsNull() => Assert.Null(ResourceSchema.Find(ResourceKind.Find("route")!, "spec.hots"));

    [Fact]
    public void Describe_Defaults_AreThoseOfTheRecords()
    {
        ResourceKind kind = ResourceKind.Find("workload")!;
        Assert.Equal("onFailure", ResourceSchema.Find(kind, "spec.template.restart.condition")!.AllowedValues[1]);
        Assert.Equal("always", ResourceSchema.Find(kind, "spec.template.restart.condition")!.Default);
        Assert.Equal("0.5", ResourceSchema.Find(kind, "spec.template.restart.backoffSeconds")!.Default);
        Assert.Null(ResourceSchema.Find(kind, "spec.replicas")!.Default);
        Assert.True(ResourceSchema.Find(ResourceKind.Find("route")!, "spec")!.Required);
    }

    [Fact]
    public void Components_EveryReference_Resolves()
    {
        JsonObject components = JsonSchemas.Components();
        string[] references = [.. References(components).Distinct()];
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(components.ContainsKey(reference["#/components/schemas/".Length..]), reference));
        Assert.All(ResourceKind.All, kind => Assert.Equal(kind.Name, components[kind.Name]!["properties"]!["kind"]!["const"]!.GetValue<string>()));
    }

    [Fact]
    public void Components_LimitsAndChoices_AreThoseOfTheReader()
    {
        JsonObject components = JsonSchemas.Components();
        JsonNode replicas = components["WorkloadSpec"]!["properties"]!["replicas"]!;
        Assert.Equal((0, 100000), (replicas["minimum"]!.GetValue<int>(), replicas["maximum"]!.GetValue<int>()));
        Assert.Equal(["host", "workload"], components["RouteSpec"]!["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], components["Route"]!["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.False(components["RouteSpec"]!["additionalProperties"]!.GetValue<bool>());
        Assert.True(components["Workload"]!["properties"]!["status"]!["readOnly"]!.GetValue<bool>());
    }

    [Fact]
    public void ReferencePage_IsFresh()
    {
        string path = RepositoryFiles.Full(ReferencePage);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, ResourceReference.Markdown());
        }
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == ResourceReference.Markdown(),
            $"{ReferencePage} is stale; run: FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests");
    }

    private static IEnumerable<FieldDescription> All(FieldDescription field) => [field, .. field.Fields.SelectMany(All)];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => pair.Key == "$ref" ? [pair.Value!.GetValue<string>()] : References(pair.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
