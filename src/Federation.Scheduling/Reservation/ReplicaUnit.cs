using Federation.Domain.Quantities;

namespace Federation.Scheduling.Reservation;

/// <summary>What one replica reserves, with reciprocals: dividing is the planner's hottest operation.</summary>
internal readonly struct ReplicaUnit
{
    /// <summary>Room is counted up to here, more than any workload asks for: a replica that reserves nothing fits this often.</summary>
    public const int MaxFits = 1 << 24;

    private readonly double _perCpu, _perMemory;

    public ReplicaUnit(ResourceAmount amount)
    {
        (Cpu, Memory) = (amount.Cpu.Value, amount.Memory.Value);
        (_perCpu, _perMemory) = (Cpu > 0 ? 1.0 / Cpu : 0, Memory > 0 ? 1.0 / Memory : 0);
    }

    public long Cpu { get; }

    public long Memory { get; }

    public ResourceAmount Amount => new(new CpuMillis(Cpu), new MemoryBytes(Memory));

    /// <summary>The most by which room can have shrunk over all slots, if so much was reserved in so many steps.</summary>
    public double MostLost(double cpu, double memory, int reservations) => cpu * _perCpu + memory * _perMemory + 2.0 * reservations;

    /// <summary>How many whole replicas the amounts hold; the same as <see cref="ResourceAmount.Fits"/>, capped.</summary>
    public int Fits(long cpu, long memory)
    {
        long fits = MaxFits;
        if (Cpu > 0) fits = Math.Min(fits, Quotient(cpu, Cpu, _perCpu));
        if (Memory > 0) fits = Math.Min(fits, Quotient(memory, Memory, _perMemory));
        return (int)fits;
    }

    private static long Quotient(long amount, long unit, double perUnit)
    {
        if (amount < unit) return 0;
        long quotient = (long)(amount * perUnit);
        if (quotient > MaxFits) return MaxFits;
        long rest = amount - quotient * unit;
        // Up to MaxFits the reciprocal is off by less than one whole replica; the rest corrects it exactly.
        if (rest < 0) return quotient - 1;
        return rest >= unit ? quotient + 1 : quotient;
    }
}
