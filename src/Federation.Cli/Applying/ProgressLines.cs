namespace Federation.Cli.Applying;

/// <summary>How far things are: on a terminal a line each, rewritten in place; else a line for each change.</summary>
internal sealed class ProgressLines(CliConsole console)
{
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);
    private int _drawn;

    public void Show(IReadOnlyList<(string Name, string Text, bool Done)> states)
    {
        if (!console.ErrorIsTerminal)
        {
            foreach ((string name, string text, _) in states)
            {
                if (_shown.TryGetValue(name, out string? before) && before == text) continue;
                _shown[name] = text;
                console.Error.WriteLine($"{name}: {text}");
            }
            return;
        }
        if (_drawn > 0) console.Error.Write($"\e[{_drawn}A");
        int width = states.Count == 0 ? 0 : states.Max(state => state.Name.Length);
        foreach ((string name, string text, bool done) in states)
        {
            string line = $"  {name.PadRight(width)}  {text}";
            if (line.Length >= console.Width) line = string.Concat(line.AsSpan(0, console.Width - 2), "…");
            console.Error.Write($"\e[2K\e[{(done ? 32 : 33)}m{line}\e[0m\n");
        }
        _drawn = states.Count;
    }
}
