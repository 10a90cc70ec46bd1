namespace Federation.Domain.Workloads;

/// <summary>Where an engine sends the output of a container.</summary>
public sealed record LogDriver
{
    /// <summary>The driver; the engine's own if left out.</summary>
    public string? Driver { get; init; }

    /// <summary>Its options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
