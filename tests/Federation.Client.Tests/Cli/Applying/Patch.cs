using System.Globalization;
using System.Text.RegularExpressions;

namespace Federation.Client.Tests.Cli.Applying;

/// <summary>Does what patch(1) does, strictly: every line that a hunk names must stand where it says.</summary>
internal static partial class Patch
{
    /// <summary>The files of a diff: name to hunks.</summary>
    public static IReadOnlyDictionary<string, string[]> Files(string diff)
    {
        var files = new Dictionary<string, string[]>(StringComparer.Ordinal);
        string[] lines = diff.Split('\n');
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            if (!lines[i].StartsWith("--- ", StringComparison.Ordinal) || !lines[i + 1].StartsWith("+++ ", StringComparison.Ordinal)) continue;
            int end = Array.FindIndex(lines, i + 2, line => line.StartsWith("--- ", StringComparison.Ordinal) || line.Length == 0);
            string name = lines[i][4..] == "/dev/null" ? lines[i + 1][4..] : lines[i][4..];
            files.Add(name, lines[(i + 2)..(end < 0 ? lines.Length : end)]);
        }
        return files;
    }

    public static string Apply(string before, string[] hunks)
    {
        string[] old = before.Length == 0 ? [] : before[..^1].Split('\n');
        var result = new List<string>();
        int at = 0;
        foreach (string line in hunks)
        {
            if (Header().Match(line) is { Success: true } header)
            {
                int start = int.Parse(header.Groups[1].Value, CultureInfo.InvariantCulture) - (header.Groups[2].Value == "0" ? 0 : 1);
                result.AddRange(old[at..start]);
                at = start;
                continue;
            }
            if (line[0] != '+') Assert.Equal(old[at++], line[1..]);
            if (line[0] != '-') result.Add(line[1..]);
        }
        result.AddRange(old[at..]);
        return result.Count == 0 ? "" : string.Join('\n', result) + "\n";
    }

    [GeneratedRegex(@"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@$")]
    private static partial Regex Header();
}
