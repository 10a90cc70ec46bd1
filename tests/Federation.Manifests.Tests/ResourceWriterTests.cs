using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Manifests.Nodes;
using Federation.Manifests.Reading;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests;

public sealed class ResourceWriterTests
{
    [Fact]
    public void ToYaml_AnyResource_ReadsBackEqual()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Resource resource = RandomResource.Make(new Random(seed));
            Assert.Equal(Json(resource), Json(ReadBack(ResourceWriter.ToYaml(resource), InputFormat.Yaml, seed)));
            Assert.Equal(Json(resource), Json(ReadBack(ResourceWriter.ToJson(resource), InputFormat.Json, seed)));
        }
    }

    [Fact]
    public void ToYaml_AnyJson_ReadsBackEqual()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            JsonNode node = RandomResource.Node(new Random(seed), 4);
            string yaml = ResourceWriter.ToYaml(node);
            Node read = new YamlComposer(yaml, new NodeBudget(ReadLimits.Default)).Next()!;
            Assert.True(Same(node, read), $"seed {seed}\n{node.ToJsonString()}\n{yaml}");
        }
    }

    [Fact]
    public void ToYaml_Resource_HasTheOrderOfFiles()
    {
        var resource = Manifest.One<Config>("kind: Config\nspec: { data: { \"b.txt\": \"two\\nlines\\n\", a: 'yes', c: '' } }\nmetadata: { labels: { app: \"1\" }, name: c, namespace: ns }\napiVersion: federation/v1\n");
        Assert.Equal("""
            apiVersion: federation/v1
            kind: Config
            metadata:
              name: c
              namespace: ns
              labels:
                app: "1"
            spec:
              data:
                b.txt: |
                  two
                  lines
                a: "yes"
                c: ""

            """, ResourceWriter.ToYaml(resource));
    }

    [Fact]
    public void ToYaml_SeveralResources_AreDocuments() =>
        Assert.Equal(3, Manifest.All(ResourceWriter.ToYaml(Enumerable.Range(0, 3).Select(i => RandomResource.Make(new Random(i))))).Count);

    private static Resource ReadBack(string text, InputFormat format, int seed)
    {
        ReadOutcome outcome = ResourceReader.Read(text, "written", format);
        Assert.True(outcome is ReadOutcome.Accepted, $"seed {seed}\n{(outcome is ReadOutcome.Refused refused ? string.Join('\n', refused.Errors) : "")}\n{text}");
        return ((ReadOutcome.Accepted)outcome).Resources.Single().Resource;
    }

    private static string Json(Resource resource) => JsonSerializer.Serialize(resource, resource.GetType(), DomainJson.Options);

    private static bool Same(JsonNode? json, Node node) => (json, node) switch
    {
        (null, _) => node.IsNull,
        (JsonObject map, MappingNode mapping) => map.Count == mapping.Entries.Count && map.Zip(mapping.Entries).All(pair => pair.First.Key == pair.Second.Key && Same(pair.First.Value, pair.Second.Value)),
        (JsonArray list, SequenceNode sequence) => list.Count == sequence.Items.Count && list.Zip(sequence.Items).All(pair => Same(pair.First, pair.Second)),
        (JsonValue value, ScalarNode scalar) => value.GetValueKind() switch
        {
            JsonValueKind.String => scalar.Type == ScalarType.Text && scalar.Text == value.GetValue<string>(),
            JsonValueKind.Number => scalar.Type is ScalarType.Integer or ScalarType.Number && scalar.Text == value.ToJsonString(),
            _ => scalar.Type == ScalarType.Boolean && scalar.Text == value.ToJsonString(),
        },
        _ => false,
    };
}
