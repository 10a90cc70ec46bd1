namespace Federation.Engine.Swarm;

/// <summary>When another task takes an ended one's place.</summary>
public sealed record TaskRestartPolicy
{
    /// <summary><c>none</c>, <c>on-failure</c> or <c>any</c>.</summary>
    public string Condition { get; init; } = "any";

    /// <summary>The pause before it, in nanoseconds.</summary>
    public long? Delay { get; init; }

    /// <summary>How often at most within the window; 0 for always.</summary>
    public ulong? MaxAttempts { get; init; }

    /// <summary>The window, in nanoseconds; 0 for all of its life.</summary>
    public long? Window { get; init; }
}
