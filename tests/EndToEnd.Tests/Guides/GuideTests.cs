using EndToEnd.Tests.Planes;
using Federation.Client.Contexts;

namespace EndToEnd.Tests.Guides;

/// <summary>Every command of README and the guides is run as it stands, in the order in which a reader types them, on one plane after another.</summary>
public sealed partial class GuideTests(RunningPlane plane) : IClassFixture<RunningPlane>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "guides"), "*.md")
        .Append(Path.Combine(Repository.Root, "README.md"))
        .Where(static page => GuideBlock.In(File.ReadAllText(page)).Any(static block => block.NotRun is null))
        .Select(static page => Path.GetRelativePath(Repository.Root, page))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Commands_OfAPage_AllSucceedInTheirOrder(string page)
    {
        string folder = GuideScript.Workplace(Path.Combine(plane.Shared, Path.GetFileNameWithoutExtension(page)));
        string script = GuideScript.Of(GuideBlock.In(File.ReadAllText(Path.Combine(Repository.Root, page))).Where(static block => block.NotRun is null), plane);
        CommandResult result = await Command.Start("bash", ["-xc", $"exec 2>&1\ncd '{folder}'\n{script}"], new Dictionary<string, string> { [ContextFile.Variable] = plane.ContextPath })
            .EndAsync(Patience, TestContext.Current.CancellationToken);
        if (result.ExitCode == 0) return;
        // Each command before what it said: the last lines tell which failed, and how. Most of what it reaches, it reaches through tunnels.
        string[] told = [.. plane.Output.Where(static line => line.Contains("tunnel", StringComparison.Ordinal)).TakeLast(20)];
        // What a page leaves that ended in its middle is none of the next one's failures.
        await plane.StopAsync();
        plane.ForgetLogin();
        await plane.StartAsync(fresh: true);
        Assert.Fail($"{page}: exit code {result.ExitCode}, at the end of\n{string.Join('\n', result.Out.Split('\n').TakeLast(40))}\n{string.Join('\n', told)}");
    }

    [Fact]
    public void Blocks_ThatAreNotRun_SayWhy() =>
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "docs", "guides"), "*.md").Append(Path.Combine(Repository.Root, "README.md")).SelectMany(static page => GuideBlock.In(File.ReadAllText(page))), static block =>
            Assert.True(block.NotRun is null or { Length: > 10 }));
}
