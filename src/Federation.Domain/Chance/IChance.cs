namespace Federation.Domain.Chance;

/// <summary>The seam for randomness: everything the simulation drives takes its chance from here.</summary>
public interface IChance
{
    /// <summary>A number in [0, <paramref name="bound"/>).</summary>
    int Next(int bound);

    /// <summary>A number in [0, 1).</summary>
    double NextDouble();

    /// <summary>Fills the span with random bytes. In production they come from the operating system's secure source.</summary>
    void Fill(Span<byte> bytes);
}
