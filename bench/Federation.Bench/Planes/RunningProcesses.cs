using System.Globalization;

namespace Federation.Bench.Planes;

/// <summary>The processes of a plane, by what they are.</summary>
internal static class RunningProcesses
{
    // What the services' programs are called, whether they are started by themselves or by dotnet.
    private const string Prefix = "Federation.";

    /// <summary>Every process under the launcher, and every replica under its state folder, by role: <c>placement</c>, <c>agent</c>, <c>replica</c>.</summary>
    public static IEnumerable<(string Role, int Process)> Of(int launcher, string stateDirectory)
    {
        yield return ("launcher", launcher);
        foreach ((int process, string[] environment, string[] command) in All())
        {
            if (process == launcher) continue;
            if (IsMarked(environment, stateDirectory))
                yield return (command.Any(static word => word.Contains("sample", StringComparison.Ordinal)) ? "replica" : "replica's parent", process);
            else if (Stat(process) is [_, var parent, ..] && parent == launcher.ToString(CultureInfo.InvariantCulture) && command.Select(Path.GetFileName).FirstOrDefault(static word => word!.StartsWith(Prefix, StringComparison.Ordinal)) is { } program)
                yield return (program[Prefix.Length..].Replace(".dll", "", StringComparison.Ordinal).ToLowerInvariant(), process);
        }
    }

    /// <summary>What agents under a state folder have started, by the first word of its command without its folder.</summary>
    public static IEnumerable<(string Program, int Process)> Marked(string stateDirectory) =>
        All().Where(one => IsMarked(one.Environment, stateDirectory)).Select(static one => (Path.GetFileName(one.Command[0]), one.Process));

    /// <summary>When a process started, in clock ticks since the machine's start; empty if it is gone.</summary>
    public static string Started(int process) => Stat(process) is { Length: > 19 } stat ? stat[19] : "";

    private static bool IsMarked(string[] environment, string stateDirectory) =>
        environment.Any(variable => variable.StartsWith($"FEDERATION_MARK={stateDirectory}", StringComparison.Ordinal));

    private static IEnumerable<(int Process, string[] Environment, string[] Command)> All()
    {
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process) && Read(entry, "environ") is { } environment && Read(entry, "cmdline") is { } command)
                yield return (process, environment, command);
    }

    // What follows the program's name, which may hold anything, in /proc/PID/stat: its state, its parent, and on.
    private static string[] Stat(int process) =>
        Read($"/proc/{process}", "stat") is [var stat] ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static string[]? Read(string entry, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(entry, file)).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended in between, or is not ours to look into.
            return null;
        }
    }
}
