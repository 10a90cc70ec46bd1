using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Manifests.Writing;

/// <summary>Writes resources as files show them: apiVersion, kind, metadata, spec, status. What is written reads back to an equal record.</summary>
public static class ResourceWriter
{
    private static readonly string[] Order = ["apiVersion", "kind", "metadata", "spec", "status"];

    /// <summary>The resource as a JSON object in the order of files.</summary>
    public static JsonObject ToNode(Resource resource)
    {
        JsonObject node = JsonSerializer.SerializeToNode(resource, resource.GetType(), DomainJson.Options)!.AsObject();
        var ordered = new JsonObject();
        foreach (string name in Order)
        {
            if (node.Remove(name, out JsonNode? value)) ordered.Add(name, value);
        }
        foreach (KeyValuePair<string, JsonNode?> rest in node.ToArray())
        {
            node.Remove(rest.Key);
            ordered.Add(rest.Key, rest.Value);
        }
        return ordered;
    }

    /// <summary>Indented JSON with a line end.</summary>
    public static string ToJson(Resource resource) => ToNode(resource).ToJsonString(DomainJson.Indented) + "\n";

    /// <summary>One YAML document in block style.</summary>
    public static string ToYaml(Resource resource) => ToYaml(ToNode(resource));

    /// <summary>YAML documents separated by <c>---</c>.</summary>
    public static string ToYaml(IEnumerable<Resource> resources) => string.Join("---\n", resources.Select(ToYaml));

    /// <summary>Any JSON value as a YAML document in block style.</summary>
    public static string ToYaml(JsonNode? node)
    {
        var text = new StringBuilder();
        new YamlEmitter(text).Write(node);
        return text.ToString();
    }
}
