using System.Security.Cryptography;

namespace Federation.Domain.Chance;

/// <summary>Chance from the operating system's secure source. Thread-safe.</summary>
public sealed class SecureChance : IChance
{
    /// <summary>The one instance.</summary>
    public static SecureChance Instance { get; } = new();

    /// <inheritdoc/>
    public int Next(int bound) => RandomNumberGenerator.GetInt32(bound);

    /// <inheritdoc/>
    public double NextDouble() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
