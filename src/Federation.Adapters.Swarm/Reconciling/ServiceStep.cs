using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Reconciling;

/// <summary>The next step towards what an Assignment orders, in services. Pure data.</summary>
/// <param name="Counts">For each service whose number of replicas changes, the new one; 0 to remove it.</param>
/// <param name="Starts">Replicas of the ordered revision to be started, beside those that its service has.</param>
/// <param name="Drains">Replicas to be taken out of traffic now.</param>
/// <param name="Surrendered">Replicas whose drain is over: as many as these are taken from their service's number.</param>
internal sealed record ServiceStep(IReadOnlyDictionary<string, int> Counts, int Starts, IReadOnlyList<ReplicaId> Drains, IReadOnlyList<ReplicaId> Surrendered);
