using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Values;

/// <summary>A tree as the JSON that Kubernetes' own tools would send.</summary>
internal static class ManifestJson
{
    public static JsonNode? Of(Node node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Where(static entry => !entry.Value.IsNull).Select(static entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(Of)]),
        ScalarNode scalar => scalar.Type switch
        {
            ScalarType.Null => null,
            ScalarType.Boolean => JsonValue.Create(scalar.Text[0] is 't' or 'T'),
            ScalarType.Integer when ManifestScalars.Whole(scalar) is { } whole => JsonValue.Create(whole),
            ScalarType.Number when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => JsonValue.Create(number),
            _ => JsonValue.Create(scalar.Text),
        },
        _ => null,
    };

    /// <summary>The JSON as text in one line.</summary>
    public static string Text(JsonNode? node) => node?.ToJsonString(DomainJson.Options) ?? "null";
}
