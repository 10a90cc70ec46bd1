namespace Federation.Bench.Planes;

/// <summary>fedctl and the agent as people install them: one file each, compiled ahead. In a folder of their own, which goes with them.</summary>
internal sealed class PublishedPrograms : IDisposable
{
    private PublishedPrograms(string folder) => Folder = folder;

    /// <summary>Where they are; what is marked with it may be laid beside them.</summary>
    public string Folder { get; }

    public string Fedctl => Path.Combine(Folder, "Federation.Cli", "fedctl");

    public string Agent => Path.Combine(Folder, "Agent", "Federation.Agent");

    /// <summary>Publishes both; it takes minutes.</summary>
    public static async Task<PublishedPrograms> MakeAsync(string root, CancellationToken ct)
    {
        var programs = new PublishedPrograms(Directory.CreateTempSubdirectory("federation-single-").FullName);
        try
        {
            foreach (string project in (string[])["services/Agent", "src/Federation.Cli"])
                await LaunchedPlane.DotnetAsync(root, ct, "publish", project, "-p:PublishProfile=single-file", "-o", Path.Combine(programs.Folder, Path.GetFileName(project)));
            return programs;
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
