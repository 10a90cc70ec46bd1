namespace Federation.Engine.Containers;

/// <summary>The networks of a container.</summary>
/// <param name="Networks">By name.</param>
public sealed record ContainerNetworks(IReadOnlyDictionary<string, EndpointConfig>? Networks);
