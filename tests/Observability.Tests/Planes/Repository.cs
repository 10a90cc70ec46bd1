namespace Observability.Tests.Planes;

/// <summary>Where things lie in the repository that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The program that AppHost's build made, in the configuration and framework of these tests.</summary>
    public static string AppHost { get; } = Path.Combine(Root, "AppHost", "bin", Configuration, Framework, "AppHost");

    private static string Own => Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    private static string Framework => Path.GetFileName(Own);

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(Own)!);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run from inside the repository");
    }
}
