using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Federation.AppHost;

/// <summary>
/// The processes that agents of this sample world run. They outlive agents and launcher by design, so they are found by
/// what the kernel knows of them: a working folder or a FEDERATION_ variable that lies under the agent's state folder.
/// </summary>
internal static partial class ReplicaProcesses
{
    private const int TerminateSignal = 15;
    private const int KillSignal = 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Ends all under the folder: SIGTERM, and SIGKILL for those that are still there 5 s later.</summary>
    public static async Task EndUnderAsync(string folder)
    {
        long start = TimeProvider.System.GetTimestamp();
        IReadOnlyList<int> present = Under(folder);
        foreach (int process in present) _ = SendSignal(process, TerminateSignal);
        while (present.Count > 0 && TimeProvider.System.GetElapsedTime(start) < Grace)
        {
            await Task.Delay(50);
            present = Under(folder);
        }
        await KillUnderAsync(folder);
    }

    /// <summary>Ends all of a node's replicas, then clears away what they had in memory: nobody else would, until the machine restarts.</summary>
    public static async Task EndNodeAsync(string nodeState)
    {
        await EndUnderAsync(nodeState);
        string note = Path.Combine(nodeState, "runtime");
        if (File.Exists(note) && File.ReadAllText(note).Trim() is { Length: > 0 } runtime && Directory.Exists(runtime)) Directory.Delete(runtime, recursive: true);
    }

    /// <summary>Ends all under the folder at once, and says how many there were.</summary>
    public static async Task<int> KillUnderAsync(string folder)
    {
        var ended = new HashSet<int>();
        // Until none is left: what is found may be starting another while it dies.
        for (IReadOnlyList<int> present = Under(folder); present.Count > 0; present = Under(folder))
        {
            foreach (int process in present)
                if (SendSignal(process, KillSignal) == 0) ended.Add(process);
            await Task.Delay(10);
        }
        return ended.Count;
    }

    private static List<int> Under(string folder)
    {
        var found = new HashSet<int>();
        var children = new List<(int Process, int Parent)>();
        string root = Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar;
        if (!Directory.Exists("/proc")) return [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process) || process == Environment.ProcessId) continue;
            try
            {
                if (ParentOf(entry) is not { } parent) continue;
                children.Add((process, parent));
                if (IsUnder(entry, root)) found.Add(process);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or another user's, whose folder and environment are closed to us.
            }
        }
        // A tenant's program is another user's, and root in a container may not look into it. Its parent is ours, and what that started is too.
        while (children.Where(child => found.Contains(child.Parent)).Count(child => found.Add(child.Process)) > 0) { }
        return [.. found];
    }

    // proc(5): after the program's name in parentheses, which may hold anything, come state and parent. Null for a zombie.
    private static int? ParentOf(string entry)
    {
        string stat = File.ReadAllText(Path.Combine(entry, "stat"));
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : int.Parse(fields[1], CultureInfo.InvariantCulture);
    }

    private static bool IsUnder(string entry, string root)
    {
        // Where the folder is closed to us, the environment is too.
        if (new FileInfo(Path.Combine(entry, "cwd")).LinkTarget is not { } folder) return false;
        if ((folder + Path.DirectorySeparatorChar).StartsWith(root, StringComparison.Ordinal)) return true;
        return File.ReadAllText(Path.Combine(entry, "environ"), Encoding.UTF8).Split('\0')
            .Any(variable => variable.StartsWith("FEDERATION_", StringComparison.Ordinal) && variable.Contains("=" + root, StringComparison.Ordinal));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
