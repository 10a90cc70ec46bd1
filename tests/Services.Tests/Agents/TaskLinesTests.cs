using System.Text;
using Federation.Adapters.Node.Logs;
using Federation.Agent.Swarm;

namespace Federation.Services.Tests.Agents;

/// <summary>Output of a swarm's tasks, as their managers tell it.</summary>
public sealed class TaskLinesTests
{
    private const string Text = "2026-01-02T03:04:05.000000001Z one\r\n2026-01-02T03:04:06.000000001Z zwölf\r\n2026-01-02T03:04:07.000000001Z end";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Lines_OfATerminal_AreThoseOfItsBytes_WhereverItsPiecesEnd(int size)
    {
        var lines = new TaskLines(terminal: true);
        List<WrittenLine> told = [.. Encoding.UTF8.GetBytes(Text).Chunk(size).SelectMany(piece => lines.Take(piece))];
        told.AddRange(lines.End());
        Assert.Equal([(5, "one"), (6, "zwölf"), (7, "end")], told.Select(static line => (line.Time.Second, line.Text)));
    }

    [Fact]
    public void Line_OfATerminal_ThatDoesNotEnd_IsToldInParts()
    {
        var lines = new TaskLines(terminal: true);
        Assert.Empty(lines.Take(new byte[60_000]));
        Assert.Equal(120_000, Assert.Single(lines.Take(new byte[60_000])).Text.Length);
        Assert.Empty(lines.End());
    }

    [Fact]
    public void Piece_WithoutATerminal_IsALine()
    {
        var lines = new TaskLines(terminal: false);
        Assert.Equal("one", Assert.Single(lines.Take("2026-01-02T03:04:05.000000001Z one"u8)).Text);
        Assert.Empty(lines.End());
    }
}
