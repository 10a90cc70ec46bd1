using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>A port of a replica.</summary>
/// <param name="Name">The template's name for it.</param>
/// <param name="Inside">Its number inside the container.</param>
/// <param name="Protocol">What is spoken there.</param>
internal sealed record FormPort(string Name, int Inside, PortProtocol Protocol);
