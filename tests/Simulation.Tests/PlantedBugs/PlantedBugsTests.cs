using Simulation.Tests.Invariants;

namespace Simulation.Tests.PlantedBugs;

/// <summary>That the list of planted bugs fits the code. Whether each is caught is told by <c>tests/Simulation.Tests/planted-bugs</c>.</summary>
public class PlantedBugsTests
{
    private static readonly string Root = FindRoot();
    private static readonly IReadOnlyList<PlantedBug> Bugs = PlantedBug.ReadAll(Path.Combine(Root, "tests/Simulation.Tests/PlantedBugs/bugs.txt"));

    [Fact]
    public void List_EachLine_OccursOnceInItsFile()
    {
        string[] wrong =
        [
            .. Bugs.Select(bug => (bug.Name, Count: File.ReadLines(Path.Combine(Root, bug.File)).Count(line => line.Trim() == bug.Line)))
                .Where(found => found.Count != 1)
                .Select(found => $"{found.Name}: its line occurs {found.Count} times"),
        ];
        Assert.Empty(wrong);
    }

    [Fact]
    public void List_EachBug_IsWholeAndChangesItsLine() => Assert.All(Bugs, bug =>
    {
        Assert.All((string[])[bug.Name, bug.File, bug.Line, bug.Breaks], Assert.NotEmpty);
        Assert.NotEqual(bug.Line, bug.Becomes);
        Assert.Single(Bugs, other => other.Name == bug.Name);
    });

    [Fact]
    public void List_EveryInvariant_HasABugAndEveryBugAnInvariant()
    {
        Assert.Equal(Invariant.All.Order(StringComparer.Ordinal), Bugs.Select(bug => bug.Caught).Distinct().Order(StringComparer.Ordinal));
        Assert.True(Bugs.Count >= 40, $"the list holds {Bugs.Count} bugs");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Federation.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no folder above the tests holds Federation.sln");
    }
}
