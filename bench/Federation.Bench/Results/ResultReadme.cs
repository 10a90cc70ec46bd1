using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Federation.Bench.Results;

/// <summary>Makes <c>bench/README.md</c> from what is under <c>bench/results</c>, whoever recorded it.</summary>
internal static class ResultReadme
{
    public static void Write(string root)
    {
        var text = new StringBuilder("""
            # Benchmarks

            Made by `bench/run` from `bench/results`; do not edit. `bench/run --list` names all benchmarks, `bench/run NAME` makes one again from nothing.
            A ratio is better the higher it is; the peer ran beside ours, in the same run on the same machine, or is the physical floor.

            """);
        foreach (string file in Directory.GetFiles(Path.Combine(root, "bench", "results"), "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            Append(text, document.RootElement);
        }
        File.WriteAllText(Path.Combine(root, "bench", "README.md"), text.ToString().ReplaceLineEndings("\n"));
    }

    private static void Append(StringBuilder text, JsonElement result)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {Text(result, "name")}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"`{Text(result, "command")}`, {Text(result, "date")}, commit {Text(result, "commit")}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Text(result, "machine")}").AppendLine();
        text.AppendLine("| case | ours | unit | peer | peer's | ratio | goal | met |").AppendLine("|---|--:|---|---|--:|--:|---|---|");
        foreach (var row in result.GetProperty("cases").EnumerateArray())
        {
            bool? met = row.TryGetProperty("met", out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Text(row, "case")} | {Number(row, "ours")} | {Text(row, "unit")} | {Text(row, "peer")} | {Number(row, "peer_value")} | {Number(row, "ratio")} | {Text(row, "goal")} | {ResultTable.Judgement(met)} |");
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.Null ? "" : value.ToString() : "";

    private static string Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? ResultTable.Number(value.GetDouble()) : "";
}
