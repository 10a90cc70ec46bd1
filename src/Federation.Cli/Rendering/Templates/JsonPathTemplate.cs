using System.Text;
using System.Text.Json.Nodes;

namespace Federation.Cli.Rendering.Templates;

/// <summary>
/// kubectl's output template: text with paths in braces, <c>{range .items[*]}{.metadata.name}{"\n"}{end}</c>. A path that leads nowhere is nothing.
/// Without any brace the whole is one path.
/// </summary>
internal sealed class JsonPathTemplate
{
    private readonly IReadOnlyList<Part> _parts;

    private JsonPathTemplate(IReadOnlyList<Part> parts) => _parts = parts;

    /// <exception cref="FormatException">It is no template; the message says where.</exception>
    public static JsonPathTemplate Parse(string text)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) text = "{" + text + "}";
        var open = new Stack<(JsonPath Over, List<Part> Parts)>();
        var parts = new List<Part>();
        for (int at = 0; at < text.Length;)
        {
            int brace = text.IndexOf('{', at);
            if (brace != at)
            {
                parts.Add(new Literal(text[at..(brace < 0 ? text.Length : brace)]));
                if (brace < 0) break;
            }
            int end = Closing(text, brace);
            string inside = text[(brace + 1)..end].Trim();
            at = end + 1;
            if (inside == "end")
            {
                if (!open.TryPop(out (JsonPath Over, List<Part> Parts) outer)) throw new FormatException("there is an {end} without its {range}");
                outer.Parts.Add(new Range(outer.Over, parts));
                parts = outer.Parts;
            }
            else if (inside.StartsWith("range ", StringComparison.Ordinal))
            {
                open.Push((JsonPath.Parse(inside["range ".Length..].Trim()), parts));
                parts = [];
            }
            else
            {
                parts.Add(inside is ['"' or '\'', ..] ? new Literal(Unquoted(inside)) : new Value(JsonPath.Parse(inside)));
            }
        }
        return open.Count == 0 ? new JsonPathTemplate(parts) : throw new FormatException("there is a {range} without its {end}");
    }

    public string Render(JsonNode? root)
    {
        var text = new StringBuilder();
        foreach (Part part in _parts) part.Write(text, root, root);
        return text.ToString();
    }

    // The brace that ends the expression: one in quotes is text.
    private static int Closing(string text, int brace)
    {
        char quote = '\0';
        for (int i = brace + 1; i < text.Length; i++)
        {
            if (quote != '\0' && text[i] == '\\') i++;
            else if (quote != '\0') quote = text[i] == quote ? '\0' : quote;
            else if (text[i] is '"' or '\'') quote = text[i];
            else if (text[i] == '}') return i;
        }
        throw new FormatException($"'{text[brace..]}' has no closing brace");
    }

    private static string Unquoted(string quoted)
    {
        if (quoted.Length < 2 || quoted[^1] != quoted[0]) throw new FormatException($"{quoted} is a text that does not end");
        var text = new StringBuilder();
        for (int i = 1; i < quoted.Length - 1; i++)
        {
            char letter = quoted[i];
            if (letter == '\\' && i + 1 < quoted.Length - 1)
                letter = quoted[++i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other };
            text.Append(letter);
        }
        return text.ToString();
    }

    private abstract record Part
    {
        public abstract void Write(StringBuilder text, JsonNode? root, JsonNode? current);
    }

    private sealed record Literal(string Text) : Part
    {
        public override void Write(StringBuilder text, JsonNode? root, JsonNode? current) => text.Append(Text);
    }

    private sealed record Value(JsonPath Path) : Part
    {
        public override void Write(StringBuilder text, JsonNode? root, JsonNode? current) => text.AppendJoin(' ', Path.Select(root, current).Select(JsonPath.Text));
    }

    private sealed record Range(JsonPath Over, IReadOnlyList<Part> Parts) : Part
    {
        public override void Write(StringBuilder text, JsonNode? root, JsonNode? current)
        {
            foreach (JsonNode? item in Over.Select(root, current))
                foreach (Part part in Parts) part.Write(text, root, item);
        }
    }
}
