using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>What a pod's status means.</summary>
/// <param name="State">Where it is in its life.</param>
/// <param name="Message">Why it is not ready, in one sentence; null where it is, or where nothing is wrong.</param>
/// <param name="LastEnd">How its own container ended last, or another of it, which is named; null if none did.</param>
/// <param name="Restarts">How often its containers were started again.</param>
/// <param name="Succeeded">Of one that ended for good: whether all its containers ended with 0.</param>
internal sealed record PodState(ReplicaState State, string? Message, string? LastEnd, int Restarts, bool? Succeeded)
{
    /// <summary>Whether its node takes no new pods, as before it is drained.</summary>
    public bool Cordoned { get; init; }
}
