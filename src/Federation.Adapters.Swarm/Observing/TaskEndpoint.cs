using System.Net;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>Where a port of a task is reached.</summary>
/// <param name="Name">The template's name for it.</param>
/// <param name="At">The machine's address and the port that Swarm chose there.</param>
/// <param name="Protocol">What is spoken there.</param>
public sealed record TaskEndpoint(string Name, IPEndPoint At, PortProtocol Protocol);
