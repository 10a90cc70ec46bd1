using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Reconciling;

/// <summary>A task, as the plan needs it.</summary>
/// <param name="Id">The replica.</param>
/// <param name="Alive">Whether it runs, or is on its way to.</param>
/// <param name="Ready">Whether it gets traffic.</param>
/// <param name="Drain">How far it is on its way out of traffic.</param>
/// <param name="DrainSeconds">How long that takes.</param>
internal sealed record TaskState(ReplicaId Id, bool Alive, bool Ready, DrainStage Drain, int DrainSeconds);
