using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Federation.Cli.Rendering;

/// <summary>How docker's lists are asked for: <c>-q</c>, <c>--no-trunc</c>, <c>--filter</c> and <c>--format</c> over the columns that ours have, beside <c>-o</c>.</summary>
internal sealed partial class ListFlags
{
    private static readonly string[] Filters = ["name", "id", "mode", "node", "label", "desired-state"];
    private readonly Option<OutputChoice> _output = OutputChoice.Option();
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "The first column alone, without its heading" };
    private readonly Option<bool> _whole = new("--no-trunc") { Description = "However wide, as -o wide" };
    private readonly Option<string[]> _filter = new("--filter", "-f") { Description = "Only those with name=, id=, mode=, node=, label= or desired-state=", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _format = new("--format") { Description = "json, or text with columns: '{{.Name}} {{.CurrentState}}'; with headings after the word table", HelpName = "FORMAT" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_output, _quiet, _whole, _filter, _format]) command.Options.Add(option);
    }

    /// <summary>Writes what is asked for of the items.</summary>
    /// <exception cref="CliException">A filter or template asks for what the list has not.</exception>
    public void Write(CliConsole console, ParseResult parse, IReadOnlyList<ListedItem> items, Table empty)
    {
        (string Key, string Value)[] filters = [.. (parse.GetValue(_filter) ?? []).Select(text => Filter(text, empty))];
        items = [.. items.Where(item => filters.GroupBy(static filter => filter.Key).All(alike => alike.Any(filter => Holds(item, filter.Key, filter.Value, empty))))];
        if (parse.GetValue(_quiet))
        {
            foreach (ListedItem item in items) console.Out.WriteLine(empty.CellsOf(item.AddTo)[0]);
        }
        else if (parse.GetValue(_format) is { } format) WriteFormat(console, items, empty, format);
        else ListOutput.Write(console, items, empty, parse.GetValue(_whole) && parse.GetValue(_output) is { Format: OutputFormat.Table, Template: null, Columns: null } ? new OutputChoice(OutputFormat.Wide) : parse.GetValue(_output)!);
    }

    private static (string Key, string Value) Filter(string text, Table table) =>
        text.Split('=', 2) is [var key, { Length: > 0 } value] && Filters.Contains(key) && (key is "label" or "name" or "id" || table.Titles.Contains(key == "desired-state" ? "CURRENT STATE" : key.ToUpperInvariant()))
            ? (key, value)
            : throw new CliException(ExitCode.Usage, $"--filter {text}: this list is filtered by KEY=VALUE with {string.Join(", ", Filters.Where(known => known is "label" or "name" or "id" || table.Titles.Contains(known == "desired-state" ? "CURRENT STATE" : known.ToUpperInvariant())))}", "by anything else: -o json");

    private static bool Holds(ListedItem item, string key, string value, Table table)
    {
        string Cell(string title) => table.Titles.ToList().IndexOf(title) is >= 0 and var index ? table.CellsOf(item.AddTo)[index] : table.CellsOf(item.AddTo)[0];
        return key switch
        {
            // As in a swarm, by how it begins.
            "name" => Cell("NAME").StartsWith(value, StringComparison.OrdinalIgnoreCase),
            "id" => Cell("ID").StartsWith(value, StringComparison.Ordinal),
            "label" => Labels(item.Json).Any(label => value.Contains('=', StringComparison.Ordinal) ? $"{label.Key}={label.Value}" == value : label.Key == value),
            "desired-state" => value switch
            {
                "running" or "ready" or "accepted" => !Ends(Cell("CURRENT STATE")),
                "shutdown" => Ends(Cell("CURRENT STATE")),
                _ => throw new CliException(ExitCode.Usage, $"--filter desired-state={value}: it is running, accepted or shutdown"),
            },
            _ => Cell(key.ToUpperInvariant()).Equals(value, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static bool Ends(string state) => state.StartsWith("Stopping", StringComparison.Ordinal) || state.StartsWith("Ended", StringComparison.Ordinal);

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Labels(JsonNode item) =>
        [.. item["metadata"]?["labels"] as JsonObject ?? [], .. item["spec"]?["template"]?["container"]?["serviceLabels"] as JsonObject ?? []];

    private static void WriteFormat(CliConsole console, IReadOnlyList<ListedItem> items, Table empty, string format)
    {
        if (format is "json" or "{{json .}}")
        {
            foreach (ListedItem item in items) console.Out.WriteLine(item.Json.ToJsonString());
            return;
        }
        bool headed = format.StartsWith("table ", StringComparison.Ordinal);
        string text = (headed ? format[6..] : format).Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        string Filled(IReadOnlyList<string> cells) => Field().Replace(text, match => cells[Place(match.Groups[1].Value, empty)]);
        if (AnyBraces().Replace(text, match => Field().IsMatch(match.Value) ? "" : "\0").Contains('\0', StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, "--format knows json, text, and columns such as {{.Name}}", "for more: -o json, -o jsonpath=TEMPLATE or -o custom-columns=TITLE:PATH");
        if (headed) console.Out.WriteLine(Filled(empty.Titles));
        // So that a column that is not there is told where there are no items, too.
        _ = Filled(empty.Titles);
        foreach (ListedItem item in items) console.Out.WriteLine(Filled(empty.CellsOf(item.AddTo)));
    }

    private static int Place(string field, Table table)
    {
        int place = table.Titles.ToList().FindIndex(title => Plain(title).Equals(field, StringComparison.OrdinalIgnoreCase));
        if (place >= 0) return place;
        if (field is "ID" or "Hostname" or "Name") return 0;
        throw new CliException(ExitCode.Usage, $"--format: the list has no column {field}", $"it has {string.Join(", ", table.Titles.Select(static title => $".{string.Concat(title.Split(' ').Select(static word => word.Length <= 2 ? word : word[..1] + word[1..].ToLowerInvariant()))}"))}; for more: -o json");
    }

    private static string Plain(string title) => title.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\{\{\s*\.(\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Field();

    [GeneratedRegex(@"\{\{.*?\}\}", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex AnyBraces();
}
