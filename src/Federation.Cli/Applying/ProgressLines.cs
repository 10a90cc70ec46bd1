using System.Globalization;

namespace Federation.Cli.Applying;

/// <summary>
/// How far things are: on a terminal a tree each, redrawn in place, the parts of what is done folded away; else a line for each change, as a log wants it.
/// </summary>
internal sealed class ProgressLines(CliConsole console)
{
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _drawn = [];

    public void Show(IReadOnlyList<ProgressItem> items)
    {
        if (console.ErrorIsTerminal) Draw(items);
        else Tell(items);
    }

    private void Tell(IReadOnlyList<ProgressItem> items)
    {
        foreach (ProgressItem item in items)
        {
            if (_told.TryGetValue(item.Name, out string? before) && before == item.Line) continue;
            _told[item.Name] = item.Line;
            console.Error.WriteLine(item.Line);
        }
    }

    private void Draw(IReadOnlyList<ProgressItem> items)
    {
        string[] lines = [.. Lines(items)];
        if (lines.SequenceEqual(_drawn)) return;
        // One write, so that nothing flickers.
        string back = _drawn.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{_drawn.Count}A\e[J") : "";
        console.Error.Write(back + string.Concat(lines.Select(static line => line + "\n")));
        _drawn = lines;
    }

    private List<string> Lines(IReadOnlyList<ProgressItem> items)
    {
        // The cursor cannot go back above the screen: what does not fit is counted.
        int room = Math.Max(console.Height - 2, 3), width = items.Count == 0 ? 0 : items.Max(static item => item.Name.Length);
        var lines = new List<string>();
        int hidden = 0, hiddenDone = 0;
        bool fits = items.Sum(static item => 1 + (item.State == ProgressState.UnderWay ? item.Branches.Count : 0)) <= room;
        foreach (ProgressItem item in fits ? items.AsEnumerable() : items.OrderBy(static item => item.State == ProgressState.Done))
        {
            string[] tree = [.. item.State == ProgressState.UnderWay ? item.Tree(width) : item.Tree(width).Take(1)];
            if (!fits && (hidden > 0 || lines.Count + tree.Length > room - 1))
            {
                hidden++;
                if (item.State == ProgressState.Done) hiddenDone++;
                continue;
            }
            lines.AddRange(tree.Select(line => Coloured(Cut("  " + line), item.State)));
        }
        if (hidden > 0) lines.Add(Cut(string.Create(CultureInfo.InvariantCulture, $"  … {hidden} more, {hiddenDone} of them done")));
        return lines;
    }

    private string Cut(string line) => line.Length >= console.Width ? string.Concat(line.AsSpan(0, console.Width - 2), "…") : line;

    private static string Coloured(string line, ProgressState state) => $"\e[{state switch { ProgressState.Done => "32", ProgressState.Failed => "31", _ => "33" }}m{line}\e[0m";
}
