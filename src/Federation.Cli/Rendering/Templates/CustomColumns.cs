using System.Text.Json.Nodes;

namespace Federation.Cli.Rendering.Templates;

/// <summary>A table of the caller's own columns: <c>NAME:.metadata.name,HOST:.spec.host</c>.</summary>
internal sealed class CustomColumns
{
    private readonly IReadOnlyList<(string Title, JsonPath Path)> _columns;

    private CustomColumns(IReadOnlyList<(string Title, JsonPath Path)> columns) => _columns = columns;

    /// <exception cref="FormatException">It is no list of columns; the message says which part.</exception>
    public static CustomColumns Parse(string text) => new([.. Split(text).Select(part =>
    {
        int colon = part.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == part.Length - 1) throw new FormatException($"'{part}' is no column: write TITLE:PATH");
        string path = part[(colon + 1)..].Trim();
        return (part[..colon].Trim(), JsonPath.Parse(path is ['{', .. var inner, '}'] ? inner : path));
    })]);

    public Table Table(IEnumerable<JsonNode?> items)
    {
        var table = new Table([.. _columns.Select(static column => new Column(column.Title))]);
        foreach (JsonNode? item in items)
            table.Add([.. _columns.Select(column => column.Path.Select(item, item) is { Count: > 0 } found ? string.Join(',', found.Select(JsonPath.Text)) : "<none>")]);
        return table;
    }

    // A comma inside brackets belongs to a path.
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or '(') depth++;
            else if (text[i] is ']' or ')') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }
}
