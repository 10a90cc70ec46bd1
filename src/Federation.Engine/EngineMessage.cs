namespace Federation.Engine;

/// <summary>The form of a daemon's refusal.</summary>
internal sealed record EngineMessage
{
    public string? Message { get; init; }
}
