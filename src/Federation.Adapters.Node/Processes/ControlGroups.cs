using System.Globalization;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

/// <summary>
/// The kernel's control groups of this node's replicas, version 1 and 2, as far as they are mounted and may be written:
/// <c>MOUNT/federation/NODE/REPLICA</c>. What is not to be had is not promised.
/// </summary>
internal sealed class ControlGroups
{
    private const int MostProcesses = 4096;
    private const long QuotaPeriod = 100_000;

    private readonly SortedDictionary<string, Hierarchy> _byController = new(StringComparer.Ordinal);
    private readonly Hierarchy[] _hierarchies;

    /// <summary>Looks for what there is and makes the node's own groups.</summary>
    /// <param name="node">A name that no other agent on the machine uses.</param>
    /// <param name="allocatable">What the node's replicas may be promised: so much they weigh, all together, against the rest of the machine.</param>
    public ControlGroups(string node, CpuMillis allocatable)
    {
        foreach ((string mount, bool unified, string[] controllers) in Mounts())
        {
            string[] wanted = [.. controllers.Where(static controller => controller is "memory" or "cpu" or "cpuacct" or "pids")];
            if (wanted.Length == 0 || wanted.All(_byController.ContainsKey)) continue;
            string root = Path.Combine(mount, "federation", node);
            if (!TryPrepare(mount, root, unified, wanted, allocatable)) continue;
            var hierarchy = new Hierarchy(root, unified);
            foreach (string controller in wanted) _byController.TryAdd(controller, hierarchy);
        }
        _hierarchies = [.. _byController.Values.Distinct()];
    }

    public bool LimitsMemory => _byController.ContainsKey("memory");

    public bool CountsCpu => _byController.ContainsKey("cpuacct") || (_byController.TryGetValue("cpu", out Hierarchy? cpu) && cpu.Unified);

    public bool LimitsCpu => _byController.ContainsKey("cpu");

    /// <summary>Makes a replica's groups, with its limits, for processes that enter them; returns their folders.</summary>
    /// <exception cref="IOException">A limit could not be set.</exception>
    public IReadOnlyList<string> Create(ReplicaId replica, ResourceRequirements? resources)
    {
        foreach (Hierarchy hierarchy in _hierarchies)
        {
            // Anew, so that its counters begin at zero.
            string folder = hierarchy.Of(replica);
            TryRemove(folder);
            Directory.CreateDirectory(folder);
        }
        if (_byController.TryGetValue("memory", out Hierarchy? memory)) LimitMemory(memory, memory.Of(replica), resources);
        if (_byController.TryGetValue("cpu", out Hierarchy? cpu)) LimitCpu(cpu, cpu.Of(replica), resources);
        if (_byController.TryGetValue("pids", out Hierarchy? pids)) Write(pids.Of(replica), "pids.max", MostProcesses);
        return [.. _hierarchies.Select(hierarchy => hierarchy.Of(replica))];
    }

    /// <summary>Kills every process in the replica's groups, those that are forked meanwhile too; false if there was none.</summary>
    public bool Kill(ReplicaId replica)
    {
        // One that is killed forks no more: whom a list shows for the first time was forked before.
        HashSet<int> killed = [];
        foreach (Hierarchy hierarchy in _hierarchies)
            while (Members(hierarchy.Of(replica)).Where(killed.Add).ToArray() is { Length: > 0 } found)
                foreach (int process in found) _ = Native.SendSignal(process, Native.Kill);
        return killed.Count > 0;
    }

    /// <summary>How often the kernel ended a process of the replica for want of memory.</summary>
    public long MemoryKills(ReplicaId replica)
    {
        if (!_byController.TryGetValue("memory", out Hierarchy? memory)) return 0;
        return ReadField(Path.Combine(memory.Of(replica), memory.Unified ? "memory.events" : "memory.oom_control"), "oom_kill");
    }

    /// <summary>What the replica uses.</summary>
    public ReplicaUsage Usage(ReplicaId replica)
    {
        long cpu = 0;
        long memory = 0;
        if (_byController.TryGetValue("memory", out Hierarchy? counted))
            memory = ReadNumber(Path.Combine(counted.Of(replica), counted.Unified ? "memory.current" : "memory.usage_in_bytes"));
        if (_byController.TryGetValue("cpuacct", out Hierarchy? accounted))
            cpu = ReadNumber(Path.Combine(accounted.Of(replica), "cpuacct.usage")) / 1000;
        else if (_byController.TryGetValue("cpu", out Hierarchy? shared) && shared.Unified)
            cpu = ReadField(Path.Combine(shared.Of(replica), "cpu.stat"), "usage_usec");
        return new(TimeSpan.FromMicroseconds(cpu), memory);
    }

    /// <summary>Removes a replica's groups; false while a process is still in one.</summary>
    public bool Remove(ReplicaId replica)
    {
        bool all = true;
        foreach (Hierarchy hierarchy in _hierarchies) all &= TryRemove(hierarchy.Of(replica));
        return all;
    }

    /// <summary>Removes the node's own groups, if no replica's is left in them; they are made anew when they are needed.</summary>
    public void Leave()
    {
        foreach (Hierarchy hierarchy in _hierarchies) _ = Native.RemoveFolder(hierarchy.Root);
    }

    private static void LimitMemory(Hierarchy hierarchy, string folder, ResourceRequirements? resources)
    {
        if (resources?.MemoryLimit is not { } limit) return;
        Write(folder, hierarchy.Unified ? "memory.max" : "memory.limit_in_bytes", limit.Value);
        // Swap would let it grow on, slowly.
        string swap = Path.Combine(folder, hierarchy.Unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
        if (File.Exists(swap)) File.WriteAllText(swap, (hierarchy.Unified ? 0 : limit.Value).ToString(CultureInfo.InvariantCulture));
    }

    private static void LimitCpu(Hierarchy hierarchy, string folder, ResourceRequirements? resources)
    {
        Weigh(folder, hierarchy.Unified, resources?.Cpu ?? default);
        if (resources?.CpuLimit is not { } limit) return;
        long quota = Math.Max(1000, limit.Value * QuotaPeriod / 1000);
        if (hierarchy.Unified)
        {
            File.WriteAllText(Path.Combine(folder, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{quota} {QuotaPeriod}"));
        }
        else
        {
            Write(folder, "cpu.cfs_period_us", QuotaPeriod);
            Write(folder, "cpu.cfs_quota_us", quota);
        }
    }

    // A processor promised weighs what the kernel gives to a process, or to a group that nobody has weighed.
    private static void Weigh(string folder, bool unified, CpuMillis promised)
    {
        if (unified) Write(folder, "cpu.weight", Math.Clamp(promised.Value / 10, 1, 10_000));
        else Write(folder, "cpu.shares", Math.Clamp(promised.Value * 1024 / 1000, 2, 262_144));
    }

    // mountinfo(5): the mount point is the 5th field; after " - " come type, source and the file system's own options.
    private static IEnumerable<(string Mount, bool Unified, string[] Controllers)> Mounts()
    {
        if (!File.Exists("/proc/self/mountinfo")) yield break;
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            int dash = line.IndexOf(" - ", StringComparison.Ordinal);
            if (dash < 0) continue;
            string mount = line.Split(' ')[4];
            string[] source = line[(dash + 3)..].Split(' ');
            if (source[0] == "cgroup") yield return (mount, false, source[^1].Split(','));
            if (source[0] == "cgroup2" && File.Exists(Path.Combine(mount, "cgroup.controllers")))
                yield return (mount, true, File.ReadAllText(Path.Combine(mount, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private static bool TryPrepare(string mount, string root, bool unified, string[] controllers, CpuMillis allocatable)
    {
        try
        {
            string probe = Path.Combine(root, "probe");
            Directory.CreateDirectory(root);
            if (unified)
            {
                // A controller works in a group once each group above hands it down.
                string handDown = string.Join(' ', controllers.Select(static controller => "+" + controller));
                foreach (string above in (string[])[mount, Path.GetDirectoryName(root)!, root])
                    File.WriteAllText(Path.Combine(above, "cgroup.subtree_control"), handDown);
            }
            if (controllers.Contains("cpu"))
            {
                // All nodes of the machine share what it has, and each node's replicas what it may promise.
                Weigh(Path.GetDirectoryName(root)!, unified, MachineProcessors.All);
                Weigh(root, unified, allocatable);
            }
            Directory.CreateDirectory(probe);
            TryRemove(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Members(string folder)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(folder, "cgroup.procs"));
        }
        catch (IOException)
        {
            yield break;
        }
        foreach (string line in lines)
            if (int.TryParse(line, CultureInfo.InvariantCulture, out int process) && process > 0) yield return process;
    }

    // The kernel's folders look full and are removed as they are.
    private static bool TryRemove(string folder) => Native.RemoveFolder(folder) == 0 || !Directory.Exists(folder);

    private static void Write(string folder, string file, long value) =>
        File.WriteAllText(Path.Combine(folder, file), value.ToString(CultureInfo.InvariantCulture));

    private static long ReadNumber(string path)
    {
        try
        {
            return long.TryParse(File.ReadAllText(path).AsSpan().Trim(), CultureInfo.InvariantCulture, out long value) ? value : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long ReadField(string path, string name)
    {
        try
        {
            foreach (string line in File.ReadLines(path))
                if (line.Split(' ') is [var key, var value] && key == name && long.TryParse(value, CultureInfo.InvariantCulture, out long number)) return number;
        }
        catch (IOException)
        {
            // The group is gone: so is what it counted.
        }
        return 0;
    }

    private sealed record Hierarchy(string Root, bool Unified)
    {
        public string Of(ReplicaId replica) => Path.Combine(Root, replica.Value);
    }
}
