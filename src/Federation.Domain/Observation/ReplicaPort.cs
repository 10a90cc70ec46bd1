using Federation.Domain.Workloads;

namespace Federation.Domain.Observation;

/// <summary>A replica's port as its Agent reaches it.</summary>
/// <param name="Name">The template's name for it.</param>
/// <param name="Port">The port number on the node.</param>
/// <param name="Protocol">What is spoken there.</param>
public sealed record ReplicaPort(string Name, int Port, PortProtocol Protocol);
