namespace Federation.Engine;

/// <summary>An engine's versions.</summary>
public sealed record EngineVersion
{
    /// <summary>Its release.</summary>
    public string Version { get; init; } = "";

    /// <summary>The newest API version it speaks.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The oldest.</summary>
    public string? MinAPIVersion { get; init; }
}
