using System.Globalization;
using System.Text;

namespace EndToEnd.Tests.Machine;

/// <summary>What the kernel tells of the processes of this machine, in <c>/proc</c>.</summary>
internal static class MachineProcesses
{
    private const string ReplicaVariable = "FEDERATION_REPLICA=";

    public static IEnumerable<int> All => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id > 0);

    /// <summary>The programs of these replicas, by replica.</summary>
    public static SortedDictionary<string, ProcessMark> OfReplicas(IEnumerable<string> replicas)
    {
        var wanted = replicas.ToHashSet(StringComparer.Ordinal);
        var found = new SortedDictionary<string, ProcessMark>(StringComparer.Ordinal);
        foreach (int id in All)
        {
            string? replica = Environment(id).FirstOrDefault(variable => variable.StartsWith(ReplicaVariable, StringComparison.Ordinal))?[ReplicaVariable.Length..];
            // The small parent of a replica is a shell, outside of the replica's environment or not.
            if (replica is null || !wanted.Contains(replica) || Name(id) is null or "sh") continue;
            if (Mark(id) is { } mark) found[replica] = mark;
        }
        return found;
    }

    /// <summary>The replicas that agents under a state folder run.</summary>
    public static IReadOnlyCollection<string> PlaneReplicas(string state) =>
        [.. All.Where(id => Name(id) is not "sh").Select(Environment).Where(variables => variables.Any(variable => variable.StartsWith("FEDERATION_MARK=" + state, StringComparison.Ordinal)))
            .Select(variables => variables.First(variable => variable.StartsWith(ReplicaVariable, StringComparison.Ordinal)))];

    public static string[] Environment(int id) => Read(id, "environ").Split('\0');

    public static string CommandLine(int id) => Read(id, "cmdline").Replace('\0', ' ');

    /// <summary>Those that work in a folder or below it, or name it in their command line or environment.</summary>
    public static string[] Under(string folder) =>
        [.. All.Where(id => id != System.Environment.ProcessId && IsUnder(id, folder)).Select(id => $"{id} {CommandLine(id)}")];

    private static bool IsUnder(int id, string folder) =>
        CommandLine(id).Contains(folder, StringComparison.Ordinal)
        || Environment(id).Any(variable => variable.Contains(folder, StringComparison.Ordinal))
        || Folder(id)?.StartsWith(folder, StringComparison.Ordinal) == true;

    private static string? Folder(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Name(int id) => Read(id, "comm").TrimEnd() is { Length: > 0 } name ? name : null;

    // proc(5): the name may hold spaces and brackets; the start is the 22nd field, the 20th behind the name.
    private static ProcessMark? Mark(int id) =>
        Read(id, "stat") is { Length: > 0 } stat ? new ProcessMark(id, long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture)) : null;

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}", Encoding.UTF8);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's.
            return "";
        }
    }
}
