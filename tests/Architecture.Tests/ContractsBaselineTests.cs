namespace Architecture.Tests;

/// <summary>The public contract changes only on purpose: any change of it is a change of its baseline file.</summary>
public class ContractsBaselineTests
{
    private const string Baseline = "tests/Architecture.Tests/Baselines/contracts.txt";

    [Fact]
    public void Contracts_Surface_IsTheBaselines()
    {
        string actual = ContractsSurface.Describe();
        string file = Path.Combine(Repository.Root, Baseline);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllText(file, actual);
        string expected = File.Exists(file) ? File.ReadAllText(file) : "";
        string[] removed = [.. Lines(expected).Except(Lines(actual)).Select(line => "- " + line)];
        string[] added = [.. Lines(actual).Except(Lines(expected)).Select(line => "+ " + line)];
        Assert.True(
            actual == expected,
            $"""
            The contract is not what {Baseline} says:
            {string.Join('\n', removed.Concat(added).Take(40))}
            Is it additive, and meant? Then write it anew and review the difference:
              FEDERATION_GENERATE=1 dotnet test --project tests/Architecture.Tests
            """);
    }

    // A line is told apart by the type it stands in.
    private static IEnumerable<string> Lines(string text)
    {
        string within = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith(' ')) within = line;
            yield return line.StartsWith(' ') ? $"{within}:{line}" : line;
        }
    }
}
