namespace Federation.Engine.Containers;

/// <summary>A container as a list has it.</summary>
public sealed record ContainerSummary
{
    /// <summary>The engine's id for it.</summary>
    public required string Id { get; init; }

    /// <summary>Its names, each with a slash before it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>As <see cref="ContainerState.Status"/>.</summary>
    public string State { get; init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
