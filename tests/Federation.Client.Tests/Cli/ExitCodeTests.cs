using System.Reflection;
using Federation.Cli;

namespace Federation.Client.Tests.Cli;

public sealed class ExitCodeTests
{
    private const string Page = "docs/reference/exit-codes.md";

    [Fact]
    public void All_NamesEveryCodeOnce() => Assert.Equal(
        typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (int)field.GetRawConstantValue()!).Order(),
        ExitCode.All.Select(entry => entry.Code));

    [Fact]
    public void Page_IsWhatTheProgramSays()
    {
        string path = Path.Combine(Root(), Page);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllText(path, ExitCode.Markdown());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == ExitCode.Markdown(), $"{Page} is stale; run: FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Client.Tests");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
