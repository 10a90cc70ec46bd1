namespace EndToEnd.Tests.Planes;

/// <summary>Where things lie in the repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Examples { get; } = Path.Combine(Root, "examples");

    public static string Fedctl { get; } = Path.Combine(Root, "fedctl");

    /// <summary>The program that AppHost's build made, in the configuration and framework of these tests.</summary>
    public static string AppHost { get; } = Path.Combine(Root, "AppHost", "bin", Configuration, Framework, "AppHost");

    /// <summary>The agent's program.</summary>
    public static string Agent { get; } = Path.Combine(Root, "services", "Agent", "bin", Configuration, Framework, "Federation.Agent");

    /// <summary>The sample program, which replicas run.</summary>
    public static string Sample { get; } = Path.Combine(Root, "examples", "Federation.Sample", "bin", Configuration, Framework, "federation-sample.dll");

    private static string Own => Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    private static string Framework => Path.GetFileName(Own);

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(Own)!);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run from inside the repository");
    }
}
