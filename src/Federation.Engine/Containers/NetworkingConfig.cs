namespace Federation.Engine.Containers;

/// <summary>How a container joins its networks.</summary>
/// <param name="EndpointsConfig">By the network's name.</param>
public sealed record NetworkingConfig(IReadOnlyDictionary<string, EndpointConfig> EndpointsConfig);
