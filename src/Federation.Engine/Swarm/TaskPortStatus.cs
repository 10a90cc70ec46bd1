namespace Federation.Engine.Swarm;

/// <summary>The ports that a task was given on its machine.</summary>
/// <param name="Ports">Each, possibly more than once (for IPv4 and IPv6).</param>
public sealed record TaskPortStatus(IReadOnlyList<ServicePort>? Ports);
