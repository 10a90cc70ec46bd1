using System.Globalization;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Quantities;

namespace Federation.Agent.Node;

/// <summary>What the machine has, where the configuration does not say what workloads may use of it.</summary>
internal static class MachineCapacity
{
    // The machine's own programs and the agent live on the rest.
    private const long TenthsForWorkloads = 9;

    public static CpuMillis Cpu => MachineProcessors.All;

    public static MemoryBytes Memory { get; } = new(TotalMemory() / 10 * TenthsForWorkloads);

    private static long TotalMemory()
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
