using System.Globalization;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Quantities;

namespace Federation.Agent.Node;

/// <summary>What the machine has, where the configuration does not say what workloads may use of it.</summary>
internal static class MachineCapacity
{
    // The machine's own programs and the agent live on the rest.
    private const long TenthsForWorkloads = 9;

    // In a container the machine's memory is not all for it: the root of the control groups that it sees has its limit (versions 2 and 1); on a machine that has none.
    private static readonly string[] Limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    public static CpuMillis Cpu => MachineProcessors.All;

    public static MemoryBytes Memory { get; } = new(TotalMemory() / 10 * TenthsForWorkloads);

    private static long TotalMemory()
    {
        long machine = MachineMemory();
        foreach (string limit in Limits)
            if (File.Exists(limit) && long.TryParse(File.ReadAllText(limit).AsSpan().Trim(), CultureInfo.InvariantCulture, out long most) && most > 0) machine = Math.Min(machine, most);
        return machine;
    }

    private static long MachineMemory()
    {
        const string label = "MemTotal:";
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(label, StringComparison.Ordinal))
                return long.Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        throw new InvalidOperationException("/proc/meminfo does not say how much memory there is: set Agent__Capacity__Memory");
    }
}
