namespace Federation.Adapters.Swarm.Observing;

/// <summary>Where a task runs.</summary>
/// <param name="MachineId">The swarm's id for the machine.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Container">The container there.</param>
public sealed record TaskPlace(string MachineId, string Machine, string Container);
