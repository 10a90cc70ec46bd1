namespace Federation.Engine.Networks;

/// <summary>A network as the daemon describes it.</summary>
public sealed record NetworkDetails
{
    /// <summary>The engine's id for it.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its addresses.</summary>
    public AddressManagement? IPAM { get; init; }

    /// <summary>Whether nothing outside is reached from it.</summary>
    public bool Internal { get; init; }

    /// <summary>The driver's options; null where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
