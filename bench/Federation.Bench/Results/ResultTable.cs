using System.Globalization;
using System.Text;

namespace Federation.Bench.Results;

/// <summary>A result as a Markdown table.</summary>
internal static class ResultTable
{
    public static string Render(BenchmarkResult result)
    {
        var text = new StringBuilder();
        text.AppendLine("| case | ours | unit | peer | peer's | ratio | goal | met |").AppendLine("|---|--:|---|---|--:|--:|---|---|");
        foreach (var row in result.Cases)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {Number(row.Ours)} | {row.Unit} | {row.Peer} | {Number(row.PeerValue)} | {Number(row.Ratio)} | {row.Goal} | {Judgement(row.Met)} |");
        return text.ToString();
    }

    public static string Number(double? value) => value is not { } number ? "" : number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture);

    public static string Judgement(bool? met) => met switch { true => "yes", false => "**no**", null => "" };
}
