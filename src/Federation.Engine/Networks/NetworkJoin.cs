using Federation.Engine.Containers;

namespace Federation.Engine.Networks;

/// <summary>A container that is to be in a network.</summary>
/// <param name="Container">Its id or name.</param>
/// <param name="EndpointConfig">Its place there.</param>
public sealed record NetworkJoin(string Container, EndpointConfig EndpointConfig);
