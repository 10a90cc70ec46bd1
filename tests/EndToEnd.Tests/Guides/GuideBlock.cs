using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Guides;

/// <summary>One block of commands of a guide.</summary>
/// <param name="Line">Where its first command stands in the file.</param>
/// <param name="Commands">The commands as they stand.</param>
/// <param name="NotRun">Why a test cannot run it, as the comment before it says; null if it can.</param>
internal sealed partial record GuideBlock(int Line, string Commands, string? NotRun)
{
    /// <summary>The blocks marked as <c>sh</c>, in order. One that cannot be run here has the comment <c>not run: WHY</c> on the line before it; those that need a swarm, <c>SwarmScenario</c> runs.</summary>
    public static IReadOnlyList<GuideBlock> In(string text)
    {
        string[] lines = text.Split('\n');
        var found = new List<GuideBlock>();
        for (int i = 0; i < lines.Length; i++)
        {
            string fence = lines[i].TrimStart();
            if (fence != "```sh") continue;
            string? notRun = i > 0 && NotRunMark().Match(lines[i - 1]) is { Success: true } mark ? mark.Groups[1].Value : null;
            int indent = lines[i].Length - fence.Length, end = Array.FindIndex(lines, i + 1, static line => line.Trim() == "```");
            found.Add(new(i + 2, string.Join('\n', lines[(i + 1)..end].Select(line => line.Length >= indent ? line[indent..] : line)), notRun));
            i = end;
        }
        return found;
    }

    [GeneratedRegex("^ *<!-- not run: (.+) -->$")]
    private static partial Regex NotRunMark();
}
