using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Scheduling.Snapshot;

/// <summary>The capabilities that rules ask for, as bits. Those from the first of <see cref="ContainerNeeds"/> on stand in its order.</summary>
[Flags]
internal enum Capabilities : long
{
    None = 0,
    Process = 1,
    Image = 2,
    MemoryLimit = 4,
    CpuLimit = 8,
    Fencing = 16,
    Volumes = 32,
    FirstContainerNeed = 64,
    All = 63,
}

/// <summary>Reads and writes <see cref="Capability"/>'s names.</summary>
internal static class CapabilityNames
{
    private static readonly (Capabilities Bit, string Name)[] Pairs =
    [
        (Capabilities.Process, Capability.Process),
        (Capabilities.Image, Capability.Image),
        (Capabilities.MemoryLimit, Capability.MemoryLimit),
        (Capabilities.CpuLimit, Capability.CpuLimit),
        (Capabilities.Fencing, Capability.Fencing),
        (Capabilities.Volumes, Capability.Volumes),
        .. ContainerNeeds.All.Select(static (need, index) => (BitOf(index), need.Capability)),
    ];

    private static readonly Dictionary<string, Capabilities> Bits = Pairs.ToDictionary(static pair => pair.Name, static pair => pair.Bit, StringComparer.Ordinal);

    public static Capabilities Read(IReadOnlyList<string> names)
    {
        var bits = Capabilities.None;
        for (int i = 0; i < names.Count; i++)
        {
            if (Bits.TryGetValue(names[i], out Capabilities bit)) bits |= bit;
        }
        return bits;
    }

    public static string Write(Capabilities bits)
    {
        var names = new List<string>();
        foreach ((Capabilities bit, string name) in Pairs)
        {
            if ((bits & bit) != 0) names.Add(name);
        }
        return string.Join(", ", names);
    }

    /// <summary>What the container form of a template needs beyond running an image.</summary>
    public static Capabilities OfContainer(WorkloadTemplate template)
    {
        var bits = Capabilities.None;
        if (template.Image is null || IsPlain(template)) return bits;
        for (int i = 0; i < ContainerNeeds.All.Count; i++)
        {
            if (ContainerNeeds.All[i].Asked(template)) bits |= BitOf(i);
        }
        return bits;
    }

    // Most templates say nothing of it, and a plan asks this of every workload.
    private static bool IsPlain(WorkloadTemplate template)
    {
        if (template.Container is not null || template.Restart.Condition != RestartCondition.Always || template.Volumes is { Count: > 0 } || template.Configs is { Count: > 0 } || template.Secrets is { Count: > 0 } || template.ImagePullSecrets is { Count: > 0 } || template.Annotations is { Count: > 0 }) return false;
        for (int i = 0; i < (template.Ports?.Count ?? 0); i++)
        {
            if (template.Ports![i] is { PublishedPort: not null } or { Protocol: PortProtocol.Udp }) return false;
        }
        return true;
    }

    private static Capabilities BitOf(int need) => (Capabilities)((long)Capabilities.FirstContainerNeed << need);
}
