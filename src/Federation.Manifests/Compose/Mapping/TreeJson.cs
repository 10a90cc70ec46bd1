using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Mapping;

/// <summary>A tree as JSON.</summary>
internal static class TreeJson
{
    /// <summary>The values as they are; a text that a variable has made a number is one.</summary>
    public static JsonNode? Of(Node node) => Of(node, static text => text);

    /// <summary>The values with every text changed.</summary>
    public static JsonNode? Of(Node node, Func<string, string> text) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value, text)))),
        SequenceNode list => new JsonArray([.. list.Items.Select(item => Of(item, text))]),
        ScalarNode scalar => scalar.Type switch
        {
            ScalarType.Null => null,
            ScalarType.Boolean when scalar.Text is "true" or "false" => JsonValue.Create(scalar.Text is "true"),
            // 0440 is no number of JSON, nor of anyone who means rights.
            ScalarType.Integer when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) && whole.ToString(CultureInfo.InvariantCulture) == scalar.Text => JsonValue.Create(whole),
            ScalarType.Number when decimal.TryParse(scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && number.ToString(CultureInfo.InvariantCulture) == scalar.Text => JsonValue.Create(number),
            _ => JsonValue.Create(text(scalar.Text)),
        },
        _ => null,
    };
}
