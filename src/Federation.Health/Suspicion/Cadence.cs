namespace Federation.Health.Suspicion;

/// <summary>
/// How a node's renewals come in: the mean of the times between them and how far they scatter, in seconds, with the newest weighing the most.
/// What is measured is everything between the holder's clock and ours: its load, the network, our own.
/// </summary>
/// <param name="Mean">The mean, in seconds.</param>
/// <param name="Variance">The variance, in seconds squared.</param>
/// <param name="Seen">How many were measured.</param>
public readonly record struct Cadence(double Mean, double Variance, int Seen)
{
    /// <summary>So many intervals must be known before anything is concluded from them.</summary>
    public const int Enough = 8;

    private const double Weight = 1.0 / 16;

    /// <summary>Whether enough is known.</summary>
    public bool IsKnown => Seen >= Enough;

    /// <summary>The standard deviation, in seconds.</summary>
    public double Deviation => Math.Sqrt(Variance);

    /// <summary>With one more interval.</summary>
    public Cadence After(TimeSpan interval)
    {
        double seconds = interval.TotalSeconds;
        if (Seen == 0) return new(seconds, 0, 1);
        double weight = Math.Max(Weight, 1.0 / (Seen + 1));
        double off = seconds - Mean;
        return new(Mean + (weight * off), (1 - weight) * (Variance + (weight * off * off)), Math.Min(Seen + 1, Enough * 2));
    }
}
