namespace Federation.Engine.Networks;

/// <summary>How a network gives out addresses.</summary>
/// <param name="Config">Its ranges.</param>
public sealed record AddressManagement(IReadOnlyList<AddressRange>? Config)
{
    /// <summary>Who gives them out; the engine itself if left out.</summary>
    public string? Driver { get; init; }

    /// <summary>Its options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
