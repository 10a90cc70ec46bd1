using Federation.Domain.Observation;

namespace Federation.Scheduling.Snapshot;

/// <summary>The capabilities that rules ask for, as bits.</summary>
[Flags]
internal enum Capabilities
{
    None = 0,
    Process = 1,
    Image = 2,
    MemoryLimit = 4,
    CpuLimit = 8,
    Fencing = 16,
    Volumes = 32,
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
    ];

    public static Capabilities Read(IReadOnlyList<string> names)
    {
        var bits = Capabilities.None;
        for (int i = 0; i < names.Count; i++)
        {
            foreach ((Capabilities bit, string name) in Pairs)
            {
                if (name == names[i]) bits |= bit;
            }
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
}
