using Federation.Domain.Workloads;

namespace Federation.Routing.Documents;

/// <summary>A port of an endpoint; its number is the agent's affair.</summary>
/// <param name="Name">The template's name for it.</param>
/// <param name="Protocol">What is spoken there.</param>
public sealed record EndpointPort(string Name, PortProtocol Protocol);
