namespace Federation.Hosting.Launching;

/// <summary>Prints every process's lines under its name, in a colour of its own on a terminal.</summary>
internal sealed class LogPrinter(TextWriter output, bool colours)
{
    private static readonly int[] Palette = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94];
    private readonly Dictionary<string, int> _colours = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _width = 10;

    public void Line(string name, string line)
    {
        lock (_gate)
        {
            _width = Math.Max(_width, name.Length);
            string label = name.PadRight(_width);
            if (colours)
            {
                if (!_colours.TryGetValue(name, out int colour)) _colours[name] = colour = Palette[_colours.Count % Palette.Length];
                label = $"\e[{colour}m{label}\e[0m";
            }
            output.WriteLine($"{label} | {(colours ? line : WithoutEscapes(line))}");
        }
    }

    public void Plain(string text)
    {
        lock (_gate)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    // A service cannot know that its output ends in a file.
    private static string WithoutEscapes(string line)
    {
        int start = line.IndexOf('\e');
        if (start < 0) return line;
        var clean = new System.Text.StringBuilder(line, 0, start, line.Length);
        for (int i = start; i < line.Length; i++)
        {
            if (line[i] != '\e')
            {
                clean.Append(line[i]);
                continue;
            }
            // CSI sequence: ESC [ parameters, ended by a letter.
            if (i + 1 < line.Length && line[i + 1] == '[') i++;
            while (++i < line.Length && !char.IsAsciiLetter(line[i])) { }
        }
        return clean.ToString();
    }
}
