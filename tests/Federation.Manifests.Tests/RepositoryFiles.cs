namespace Federation.Manifests.Tests;

/// <summary>Files of the repository the tests are built from.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = FindRoot();

    public static string Full(string path) => Path.Combine(Root, path);

    public static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(Full(folder)).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
