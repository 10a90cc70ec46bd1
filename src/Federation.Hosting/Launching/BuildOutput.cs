using System.Runtime.InteropServices;

namespace Federation.Hosting.Launching;

/// <summary>Where a project's built program is, and the runtime that runs it.</summary>
internal static class BuildOutput
{
    /// <summary>The root of the .NET installation that runs this process.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>
    /// The program of a project, built with the same configuration and framework as this one: the only assembly with a
    /// runtime configuration in its output folder.
    /// </summary>
    /// <exception cref="DistributedApplicationException">It is not built.</exception>
    public static string AssemblyOf(string projectPath, string ownBaseDirectory)
    {
        string own = Path.TrimEndingDirectorySeparator(ownBaseDirectory);
        string framework = Path.GetFileName(own);
        string configuration = Path.GetFileName(Path.GetDirectoryName(own)!);
        string folder = Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", configuration, framework);
        string[] configurations = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.runtimeconfig.json") : [];
        return configurations is [var only]
            ? only[..^".runtimeconfig.json".Length] + ".dll"
            : throw new DistributedApplicationException($"{projectPath} has no program in {folder}: build the solution with 'dotnet build' first");
    }
}
