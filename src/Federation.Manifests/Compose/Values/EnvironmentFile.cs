using System.Text;

namespace Federation.Manifests.Compose.Values;

/// <summary>
/// Reads files of variables, a <c>NAME=VALUE</c> a line: <c>#</c> begins a remark, <c>export</c> may stand before, single quotes keep a text as it is, double
/// quotes know escapes; both may hold line ends. Variables stand in what is not in single quotes.
/// </summary>
internal static class EnvironmentFile
{
    /// <summary>The variables in their order; a value of null is that of a name alone.</summary>
    /// <param name="text">The file.</param>
    /// <param name="fill">Puts variables into a text; those that stand further up are known to it.</param>
    /// <param name="error">Takes what is wrong, with its line.</param>
    public static IReadOnlyList<(string Name, string? Value, int Line)> Read(string text, Func<string, Func<string, string?>, string> fill, Action<int, string> error)
    {
        var found = new List<(string, string?, int)>();
        var known = new Dictionary<string, string?>(StringComparer.Ordinal);
        int at = 0, line = 1;
        while (at < text.Length)
        {
            int begin = line;
            string head = TakeHead(text, ref at);
            bool assigned = at < text.Length && text[at] is '=' or ':';
            string name = head.Trim();
            if (name.StartsWith("export ", StringComparison.Ordinal)) name = name[7..].Trim();
            if (!assigned || name.StartsWith('#'))
            {
                if (name.StartsWith('#') || name.Length == 0) at = EndOfLine(text, at);
                else if (name.AsSpan().IndexOfAny(' ', '\t') < 0) found.Add((name, null, begin));
                else error(begin, "a line is NAME=VALUE, or NAME alone");
                Next(text, ref at, ref line);
                continue;
            }
            at++;
            bool named = name.Length > 0 && name.AsSpan().IndexOfAny(' ', '\t') < 0;
            if (!named) error(begin, name.Length == 0 ? "a name stands before =" : "a name has no white space");
            try
            {
                string value = Value(text, ref at, ref line, piece => fill(piece, key => known.TryGetValue(key, out string? own) ? own : null));
                if (named)
                {
                    known[name] = value;
                    found.Add((name, value, begin));
                }
            }
            catch (FormatException e)
            {
                error(begin, e.Message);
                at = EndOfLine(text, at);
            }
            Next(text, ref at, ref line);
        }
        return found;
    }

    /// <summary>The variables of a file that is read as it is: everything behind the first <c>=</c> of a line.</summary>
    public static IReadOnlyList<(string Name, string? Value, int Line)> ReadRaw(string text) =>
    [
        .. text.Split('\n').Select(static (line, index) => (Text: line.TrimEnd('\r'), Number: index + 1)).Where(static line => line.Text.Trim() is { Length: > 0 } words && words[0] != '#')
            .Select(static line => line.Text.Split('=', 2) is [var name, var value] ? (name.Trim(), (string?)value, line.Number) : (line.Text.Trim(), null, line.Number)),
    ];

    private static string TakeHead(string text, ref int at)
    {
        int begin = at;
        while (at < text.Length && text[at] is not ('=' or '\n' or '\r') && !(text[at] == ':' && at + 1 < text.Length && text[at + 1] == ' ') && !(text[at] == '#' && text[begin..at].Trim().Length == 0)) at++;
        return at < text.Length && text[at] == '#' ? "#" : text[begin..at];
    }

    private static string Value(string text, ref int at, ref int line, Func<string, string> fill)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        if (at >= text.Length) return "";
        char quote = text[at];
        if (quote is not ('\'' or '"'))
        {
            int end = EndOfLine(text, at);
            string bare = text[at..end].TrimEnd('\r');
            int remark = bare.StartsWith('#') ? 0 : bare.IndexOf(" #", StringComparison.Ordinal);
            at = end;
            return fill((remark >= 0 ? bare[..remark] : bare).Trim());
        }
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\n') line++;
            if (text[at] != '\\' || at + 1 >= text.Length)
            {
                value.Append(text[at]);
                continue;
            }
            char escaped = text[++at];
            if (escaped == '\n') line++;
            if (quote == '\'') _ = escaped == '\'' ? value.Append('\'') : value.Append('\\').Append(escaped);
            else
            {
                _ = escaped switch
                {
                    'n' => value.Append('\n'),
                    'r' => value.Append('\r'),
                    't' => value.Append('\t'),
                    '"' => value.Append('"'),
                    '\\' => value.Append('\\'),
                    // It stays a dollar sign when variables are put in.
                    '$' => value.Append("$$"),
                    _ => value.Append('\\').Append(escaped),
                };
            }
        }
        if (at >= text.Length) throw new FormatException("a quoted value is not closed");
        at++;
        int rest = EndOfLine(text, at);
        string tail = text[at..rest].Trim();
        if (tail.Length > 0 && tail[0] != '#') throw new FormatException("behind a quoted value stands nothing but a remark");
        at = rest;
        return quote == '\'' ? value.ToString() : fill(value.ToString());
    }

    private static int EndOfLine(string text, int at)
    {
        int end = at >= text.Length ? -1 : text.IndexOf('\n', at);
        return end < 0 ? text.Length : end;
    }

    private static void Next(string text, ref int at, ref int line)
    {
        if (at < text.Length && text[at] == '\r') at++;
        if (at >= text.Length || text[at] != '\n') return;
        at++;
        line++;
    }
}
