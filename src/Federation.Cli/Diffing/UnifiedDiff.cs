using System.Globalization;
using System.Text;

namespace Federation.Cli.Diffing;

/// <summary>The difference of two texts as unified diffs show it, so that patch(1) makes the second of the first.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    // Beyond this the table of common lines would not be worth its memory: the middle is shown as replaced.
    private const long LargestTable = 4_000_000;

    /// <summary>The hunks, without file headers; empty where the texts are equal. Texts end with a line end, or are empty.</summary>
    public static string Hunks(string before, string after)
    {
        string[] old = Lines(before), now = Lines(after);
        List<(char Mark, string Line)> edits = Edits(old, now);
        var text = new StringBuilder();
        int at = 0, oldLine = 0, newLine = 0;
        while (at < edits.Count)
        {
            int first = edits.FindIndex(at, edit => edit.Mark != ' ');
            if (first < 0) break;
            int begin = Math.Max(at, first - Context), end = first;
            // A hunk goes on while the next change is near enough for the contexts to touch.
            for (int next = first; next >= 0 && next <= end + 2 * Context; next = edits.FindIndex(next + 1, edit => edit.Mark != ' ')) end = next;
            end = Math.Min(edits.Count, end + Context + 1);
            (oldLine, newLine) = (oldLine + (begin - at), newLine + (begin - at));
            (char Mark, string Line)[] hunk = [.. edits[begin..end]];
            int olds = hunk.Count(edit => edit.Mark != '+'), news = hunk.Count(edit => edit.Mark != '-');
            text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(oldLine, olds)} +{Range(newLine, news)} @@\n");
            foreach ((char mark, string line) in hunk) text.Append(mark).Append(line).Append('\n');
            (oldLine, newLine, at) = (oldLine + olds, newLine + news, end);
        }
        return text.ToString();
    }

    // Of no lines, the number is that of the line before.
    private static string Range(int before, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? before : before + 1)}{(count == 1 ? "" : $",{count}")}");

    private static string[] Lines(string text) => text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    private static List<(char Mark, string Line)> Edits(string[] old, string[] now)
    {
        int head = 0, tail = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head]) head++;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)]) tail++;
        var edits = new List<(char, string)>(old[..head].Select(line => (' ', line)));
        edits.AddRange(Middle(old[head..^tail], now[head..^tail]));
        edits.AddRange(old[^tail..].Select(line => (' ', line)));
        return edits;
    }

    private static IEnumerable<(char Mark, string Line)> Middle(string[] old, string[] now)
    {
        if ((long)old.Length * now.Length > LargestTable) return old.Select(line => ('-', line)).Concat(now.Select(line => ('+', line)));
        int[,] common = new int[old.Length + 1, now.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = now.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        var edits = new List<(char, string)>();
        int x = 0, y = 0;
        while (x < old.Length || y < now.Length)
        {
            if (x < old.Length && y < now.Length && old[x] == now[y])
            {
                edits.Add((' ', old[x++]));
                y++;
            }
            else if (x < old.Length && (y == now.Length || common[x + 1, y] >= common[x, y + 1])) edits.Add(('-', old[x++]));
            else edits.Add(('+', now[y++]));
        }
        return edits;
    }
}
