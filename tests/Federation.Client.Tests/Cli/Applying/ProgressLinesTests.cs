using System.Text.RegularExpressions;
using Federation.Cli;
using Federation.Cli.Applying;

namespace Federation.Client.Tests.Cli.Applying;

public sealed class ProgressLinesTests
{
    private static readonly ProgressItem Web = new("workload/web", "Progressing 1/3 ready", [("eu-cloud", "1/2"), ("edge", "0/1")], "edge is full", ProgressState.UnderWay);
    private static readonly ProgressItem Api = new("workload/api", "Ready       4/4 ready", [("eu-cloud", "4/4")], null, ProgressState.Done);

    [Fact]
    public void Show_InALog_IsALineForEachChange()
    {
        var error = new StringWriter();
        var lines = new ProgressLines(Console(error, terminal: false, height: 24));
        lines.Show([Web, Api]);
        lines.Show([Web, Api]);
        lines.Show([Web with { Text = "Ready       3/3 ready", Note = null }, Api]);
        Assert.Equal("""
            workload/web: Progressing 1/3 ready  (eu-cloud 1/2, edge 0/1)  edge is full
            workload/api: Ready       4/4 ready  (eu-cloud 4/4)
            workload/web: Ready       3/3 ready  (eu-cloud 1/2, edge 0/1)

            """, error.ToString());
    }

    [Fact]
    public void Show_AtATerminal_IsATreeWhereWhatIsDoneIsFolded()
    {
        var error = new StringWriter();
        new ProgressLines(Console(error, terminal: true, height: 24)).Show([Web, Api]);
        Assert.Equal("""
              workload/web  Progressing 1/3 ready  edge is full
              ├─ eu-cloud  1/2
              └─ edge      0/1
              workload/api  Ready       4/4 ready

            """, Plain(error));
    }

    [Fact]
    public void Show_Again_IsDrawnOverTheFormer()
    {
        var error = new StringWriter();
        var lines = new ProgressLines(Console(error, terminal: true, height: 24));
        lines.Show([Web]);
        int first = error.ToString().Length;
        lines.Show([Web]);
        Assert.Equal(first, error.ToString().Length);
        lines.Show([Api]);
        Assert.StartsWith("\e[3A\e[J", error.ToString()[first..], StringComparison.Ordinal);
    }

    [Fact]
    public void Show_MoreThanTheScreenHolds_CountsTheRestAndKeepsWhatIsUnderWay()
    {
        var error = new StringWriter();
        ProgressItem[] items = [.. Enumerable.Range(0, 500).Select(number => Api with { Name = $"workload/w{number}" }), Web];
        new ProgressLines(Console(error, terminal: true, height: 12)).Show(items);
        string[] lines = Plain(error).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.StartsWith("  workload/web", lines[0], StringComparison.Ordinal);
        Assert.Equal("  … 494 more, 494 of them done", lines[^1]);
    }

    private static CliConsole Console(TextWriter error, bool terminal, int height) =>
        new(() => Stream.Null, TextWriter.Null, error, terminal, terminal, InIsTerminal: false, Width: 80) { Height = height };

    private static string Plain(StringWriter text) => Regex.Replace(text.ToString(), @"\e\[\d*[mJA]", "");
}
