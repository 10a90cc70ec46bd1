using Federation.Cli.Diffing;

namespace Federation.Client.Tests.Cli.Applying;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Hunks_OfAnyTwoTexts_MakeTheSecondOfTheFirst()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            string before = Text(random), after = random.Next(3) == 0 ? Text(random) : Edited(random, before);
            string hunks = UnifiedDiff.Hunks(before, after);
            Assert.True(before == after == (hunks.Length == 0), $"seed {seed}");
            Assert.True(Patch.Apply(before, hunks.Split('\n', StringSplitOptions.RemoveEmptyEntries)) == after, $"seed {seed}\n{before}---\n{after}---\n{hunks}");
        }
    }

    [Fact]
    public void Hunks_OneLineOfMany_ShowsThreeLinesAround() => Assert.Equal(
        "@@ -3,7 +3,7 @@\n c\n d\n e\n-f\n+F\n g\n h\n i\n",
        UnifiedDiff.Hunks("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nb\nc\nd\ne\nF\ng\nh\ni\nj\n"));

    [Fact]
    public void Hunks_OfNothing_AddsEverything() => Assert.Equal("@@ -0,0 +1,2 @@\n+a\n+b\n", UnifiedDiff.Hunks("", "a\nb\n"));

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => $"{(char)('a' + random.Next(6))}\n"));

    private static string Edited(Random random, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        for (int edits = random.Next(5); edits > 0; edits--)
        {
            int at = random.Next(lines.Count + 1);
            if (random.Next(2) == 0) lines.Insert(at, "new");
            else if (at < lines.Count) lines.RemoveAt(at);
        }
        return string.Concat(lines.Select(line => line + "\n"));
    }
}
