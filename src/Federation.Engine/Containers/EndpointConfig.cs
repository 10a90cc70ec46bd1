namespace Federation.Engine.Containers;

/// <summary>A container's place in a network.</summary>
public sealed record EndpointConfig
{
    /// <summary>Names that others in the network find it by.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Its address; given by the daemon while it runs.</summary>
    public string? IPAddress { get; init; }

    /// <summary>By which it reaches what is outside; given by the daemon while it runs, and empty where nothing is reached.</summary>
    public string? Gateway { get; init; }
}
