using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Writing;

/// <summary>Writes JSON values as block style YAML that reads back to the same values, by YAML 1.2 and, for the words that differ, by 1.1.</summary>
internal sealed class YamlEmitter(StringBuilder text)
{
    private const int Step = 2;

    private static readonly string[] OldBooleans = ["y", "n", "yes", "no", "on", "off"];

    public void Write(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map: WriteMap(map, 0, startsInLine: false); break;
            case JsonArray { Count: > 0 } list: WriteList(list, 0); break;
            default: text.Append(Scalar(node, 0)).Append('\n'); break;
        }
    }

    private void WriteMap(JsonObject map, int indent, bool startsInLine)
    {
        foreach ((string key, JsonNode? value) in map)
        {
            if (!startsInLine) text.Append(' ', indent);
            startsInLine = false;
            // Only keys of up to 1024 characters may stand before their colon; the ? form takes any.
            if (key.Length < 250) text.Append(IsPlain(key) ? key : Quote(key)).Append(':');
            else text.Append("? ").Append(Quote(key)).Append('\n').Append(' ', indent).Append(':');
            switch (value)
            {
                case JsonObject { Count: > 0 } child:
                    text.Append('\n');
                    WriteMap(child, indent + Step, startsInLine: false);
                    break;
                case JsonArray { Count: > 0 } child:
                    text.Append('\n');
                    WriteList(child, indent + Step);
                    break;
                default:
                    text.Append(' ').Append(Scalar(value, indent)).Append('\n');
                    break;
            }
        }
    }

    private void WriteList(JsonArray list, int indent)
    {
        foreach (JsonNode? item in list)
        {
            text.Append(' ', indent).Append('-');
            switch (item)
            {
                case JsonObject { Count: > 0 } child:
                    text.Append(' ');
                    WriteMap(child, indent + Step, startsInLine: true);
                    break;
                case JsonArray { Count: > 0 } child:
                    text.Append('\n');
                    WriteList(child, indent + Step);
                    break;
                default:
                    text.Append(' ').Append(Scalar(item, indent)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(JsonNode? node, int indent) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when node.GetValueKind() == JsonValueKind.String => Text(node.GetValue<string>(), indent),
        _ => node.ToJsonString(),
    };

    private static string Text(string value, int indent)
    {
        if (IsPlain(value)) return value;
        return IsBlock(value) ? Block(value, indent + Step) : Quote(value);
    }

    private static bool IsPlain(string value) =>
        value.Length is > 0 and < 500
        && (char.IsAsciiLetterOrDigit(value[0]) || value[0] is '/' or '_' or '.')
        && value[^1] is not (' ' or ':')
        && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '.' or '-' or '+' or '=' or ':' or ' ' or '@' or '(' or ')' or '$')
        && !value.Contains(": ", StringComparison.Ordinal)
        && !OldBooleans.Contains(value, StringComparer.OrdinalIgnoreCase)
        && YamlScalars.Resolve(value) == ScalarType.Text
        && !LooksLikeOldNumber(value);

    // YAML 1.1 reads 1:30 as a number of base 60, and 2024-01-01 as a date.
    private static bool LooksLikeOldNumber(string value) => value.All(static c => char.IsAsciiDigit(c) || c is ':' or '-' or '.' or '+' or '_' or 'T' or 'Z' or ' ');

    private static bool IsBlock(string value) =>
        value.Contains('\n') && value[0] is not (' ' or '\n' or '\t')
        && value.All(static c => c is '\n' or '\t' || (c >= ' ' && c <= '~') || (c >= '\xa0' && c is not ('\u2028' or '\u2029' or '\ufeff' or '\uffff' or '\ufffe') && !char.IsSurrogate(c)))
        && value.Split('\n').All(static line => line.Length == 0 || !string.IsNullOrWhiteSpace(line));

    private static string Block(string value, int indent)
    {
        string chomping = !value.EndsWith('\n') ? "-" : value.EndsWith("\n\n", StringComparison.Ordinal) ? "+" : "";
        var block = new StringBuilder("|").Append(chomping);
        string body = value.EndsWith('\n') ? value[..^1] : value;
        foreach (string line in body.Split('\n'))
        {
            block.Append('\n');
            if (line.Length > 0) block.Append(' ', indent).Append(line);
        }
        return block.ToString();
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when c < ' ' || (c >= '\x7f' && c < '\xa0') || c is '\u2028' or '\u2029' or '\ufeff' or '\uffff' or '\ufffe' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}
