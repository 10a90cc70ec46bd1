using Spectre.Console;

namespace Federation.Cli.Rendering;

/// <summary>Rows under headings: aligned text, or, on a terminal, the same with colour. Never wider than the screen unless asked to be.</summary>
internal sealed class Table(params Column[] columns)
{
    private const string Gap = "  ";
    private const int Narrowest = 8;
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>The headings of all columns.</summary>
    public IReadOnlyList<string> Titles => [.. columns.Select(static column => column.Title)];

    /// <summary>The cells of a row, without adding it to this table.</summary>
    public IReadOnlyList<string> CellsOf(Action<Table> add)
    {
        var one = new Table(columns);
        add(one);
        return one._rows[0];
    }

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <param name="console">Where to.</param>
    /// <param name="wide">With all columns, however wide.</param>
    /// <param name="under">The widths of a table that these rows go on with, without headings.</param>
    /// <returns>The widths.</returns>
    public IReadOnlyList<int> Write(CliConsole console, bool wide, IReadOnlyList<int>? under = null)
    {
        int[] shown = [.. Enumerable.Range(0, columns.Length).Where(index => wide || !columns[index].Wide)];
        int[] widths = [.. shown.Select(index => _rows.Select(row => row[index].Length).Append(columns[index].Title.Length).Max())];
        for (int place = 0; under is not null && place < widths.Length; place++) widths[place] = Math.Max(widths[place], under[place]);
        if (!wide) Shrink(widths, console.Width - Gap.Length * (shown.Length - 1));
        if (console.OutIsTerminal) WriteColoured(console, shown, widths, headed: under is null);
        else WritePlain(console, shown, widths, headed: under is null);
        return widths;
    }

    // The widest column gives first, so that short facts stay whole.
    private static void Shrink(int[] widths, int room)
    {
        while (widths.Sum() > room)
        {
            int widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= Narrowest) return;
            widths[widest]--;
        }
    }

    private void WritePlain(CliConsole console, int[] shown, int[] widths, bool headed)
    {
        if (headed) console.Out.WriteLine(Line(index => columns[index].Title, shown, widths));
        foreach (string[] row in _rows) console.Out.WriteLine(Line(index => row[index], shown, widths));
    }

    private string Line(Func<int, string> cell, int[] shown, int[] widths) =>
        string.Join(Gap, shown.Select((index, place) => Fit(cell(index), widths[place], columns[index].Right))).TrimEnd();

    private void WriteColoured(CliConsole console, int[] shown, int[] widths, bool headed)
    {
        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Out), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard });
        // Widths are settled here already; Spectre would fold what does not fit.
        ansi.Profile.Width = Math.Max(console.Width, widths.Sum() + Gap.Length * shown.Length);
        var grid = new Grid { Expand = false };
        foreach (int place in Enumerable.Range(0, shown.Length))
            grid.AddColumn(new GridColumn { NoWrap = true, Width = widths[place], Padding = new Padding(0, 0, place == shown.Length - 1 ? 0 : Gap.Length, 0) });
        if (headed) grid.AddRow([.. shown.Select((index, place) => new Markup($"[bold]{Markup.Escape(Fit(columns[index].Title, widths[place], columns[index].Right))}[/]"))]);
        foreach (string[] row in _rows)
            grid.AddRow([.. shown.Select((index, place) => new Markup(Paint(row[index], Fit(row[index], widths[place], columns[index].Right))))]);
        ansi.Write(grid);
    }

    private static string Paint(string cell, string fitted)
    {
        string text = Markup.Escape(fitted);
        return cell switch
        {
            "Ready" or "Completed" => $"[green]{text}[/]",
            "NotReady" or "Unreachable" or "Stranded" or "Ended" or "Warning" or "refused" => $"[red]{text}[/]",
            "Suspect" or "Cordoned" or "Unknown" or "Progressing" or "Pending" or "Degraded" or "Starting" or "Draining" or "Stopping" or "BackOff" or "Unready" or "Deleting" => $"[yellow]{text}[/]",
            _ => text,
        };
    }

    private static string Fit(string text, int width, bool right)
    {
        // A cell is one line: what others wrote must not move the cursor.
        string clean = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        if (clean.Length > width) return string.Concat(clean.AsSpan(0, width - 1), "…");
        return right ? clean.PadLeft(width) : clean.PadRight(width);
    }
}
