using System.Globalization;

namespace Federation.Bench.Footprint;

/// <summary>The processes of a plane, by what they are.</summary>
internal static class RunningProcesses
{
    // What the services' programs are called, whether they are started by themselves or by dotnet.
    private const string Prefix = "Federation.";

    /// <summary>Every process under the launcher, and every replica under its state folder, by role: <c>placement</c>, <c>agent</c>, <c>replica</c>.</summary>
    public static IEnumerable<(string Role, int Process)> Of(int launcher, string stateDirectory)
    {
        yield return ("launcher", launcher);
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process) || process == launcher) continue;
            if (Read(entry, "environ") is not { } environment || Read(entry, "cmdline") is not { } command) continue;
            if (environment.Any(variable => variable.StartsWith($"FEDERATION_MARK={stateDirectory}", StringComparison.Ordinal)))
                yield return (command.Any(static word => word.Contains("sample", StringComparison.Ordinal)) ? "replica" : "replica's parent", process);
            else if (Parent(entry) == launcher && command.Select(Path.GetFileName).FirstOrDefault(static word => word!.StartsWith(Prefix, StringComparison.Ordinal)) is { } program)
                yield return (program[Prefix.Length..].Replace(".dll", "", StringComparison.Ordinal).ToLowerInvariant(), process);
        }
    }

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

    private static int Parent(string entry)
    {
        string stat = File.ReadAllText(Path.Combine(entry, "stat"));
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
