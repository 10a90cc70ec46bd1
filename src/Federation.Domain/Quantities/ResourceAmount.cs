namespace Federation.Domain.Quantities;

/// <summary>An amount of schedulable resources.</summary>
/// <param name="Cpu">Processor time.</param>
/// <param name="Memory">Memory.</param>
public readonly record struct ResourceAmount(CpuMillis Cpu, MemoryBytes Memory)
{
    /// <summary>Nothing.</summary>
    public static ResourceAmount Zero => default;

    /// <summary>Sum by component.</summary>
    public static ResourceAmount operator +(ResourceAmount a, ResourceAmount b) => new(a.Cpu + b.Cpu, a.Memory + b.Memory);

    /// <summary>Difference by component; a component may be negative.</summary>
    public static ResourceAmount operator -(ResourceAmount a, ResourceAmount b) => new(a.Cpu - b.Cpu, a.Memory - b.Memory);

    /// <summary>The amount times a count.</summary>
    public static ResourceAmount operator *(ResourceAmount a, long count) => new(new(checked(a.Cpu.Value * count)), new(checked(a.Memory.Value * count)));

    /// <summary>The larger of both by component: room for either.</summary>
    public static ResourceAmount Larger(ResourceAmount a, ResourceAmount b) =>
        new(new(Math.Max(a.Cpu.Value, b.Cpu.Value)), new(Math.Max(a.Memory.Value, b.Memory.Value)));

    /// <summary>Whether no component of the other is larger than this one's.</summary>
    public bool Covers(ResourceAmount other) => Cpu.Value >= other.Cpu.Value && Memory.Value >= other.Memory.Value;

    /// <summary>How many whole times <paramref name="unit"/> fits, 0 if a component is negative; <see cref="long.MaxValue"/> if the unit is zero.</summary>
    public long Fits(ResourceAmount unit)
    {
        long byCpu = unit.Cpu.Value <= 0 ? long.MaxValue : Math.Max(0, Cpu.Value / unit.Cpu.Value);
        long byMemory = unit.Memory.Value <= 0 ? long.MaxValue : Math.Max(0, Memory.Value / unit.Memory.Value);
        return Math.Min(byCpu, byMemory);
    }
}
