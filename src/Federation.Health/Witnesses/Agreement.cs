namespace Federation.Health.Witnesses;

/// <summary>How far independent witnesses agree that something is lost.</summary>
/// <param name="Independent">How many independent witnesses spoke.</param>
/// <param name="Lost">How many of them say for certain that it is lost.</param>
/// <param name="Against">Who still sees it; null if nobody.</param>
/// <param name="NextChange">When, if nothing more is seen, one more will be certain; null if never.</param>
public sealed record Agreement(int Independent, int Lost, string? Against, TimeSpan? NextChange)
{
    /// <summary>Nobody spoke.</summary>
    public static Agreement None { get; } = new(0, 0, null, null);

    /// <summary>Whether at least two agree, and nobody contradicts them.</summary>
    public bool Reached => Lost >= 2 && Against is null;
}
