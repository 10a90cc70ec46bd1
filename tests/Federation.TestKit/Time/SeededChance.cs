using Federation.Domain.Chance;

namespace Federation.TestKit.Time;

/// <summary>Chance from one seed: the same seed gives the same numbers on every machine.</summary>
public sealed class SeededChance(ulong seed) : IChance
{
    private ulong _state = seed;

    /// <inheritdoc/>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(NextUInt64() % (ulong)bound);
    }

    /// <inheritdoc/>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)NextUInt64();
    }

    // SplitMix64 (Steele, Lea, Flood 2014).
    private ulong NextUInt64()
    {
        ulong z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
