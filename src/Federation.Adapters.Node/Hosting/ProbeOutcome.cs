namespace Federation.Adapters.Node.Hosting;

/// <summary>The answer to one health check.</summary>
/// <param name="Healthy">Whether it passed.</param>
/// <param name="Reason">Why it did not, for a person.</param>
public sealed record ProbeOutcome(bool Healthy, string? Reason)
{
    /// <summary>Passed.</summary>
    public static ProbeOutcome Passed { get; } = new(true, null);
}
