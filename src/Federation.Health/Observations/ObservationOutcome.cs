using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Health.Observations;

/// <summary>What became of a report.</summary>
public abstract record ObservationOutcome
{
    private ObservationOutcome() { }

    /// <summary>Taken over; this changed.</summary>
    /// <param name="Node">The node's new observation, if it changed.</param>
    /// <param name="Upserts">Replicas that are new or changed, in order of id.</param>
    /// <param name="Removals">Replicas that are no more, in order of id.</param>
    public sealed record Applied(NodeObservation? Node, IReadOnlyList<ReplicaObservation> Upserts, IReadOnlyList<ReplicaId> Removals) : ObservationOutcome
    {
        /// <summary>What is odd about it though it was taken over, for a person; null: nothing.</summary>
        public string? Odd { get; init; }
    }

    /// <summary>Not taken over, nothing was changed: the agent is to send its full set.</summary>
    /// <param name="Reason">Why, for a person.</param>
    public sealed record FullSetNeeded(string Reason) : ObservationOutcome
    {
        /// <summary>Whether it only follows from an earlier refusal, or from a stream that has just begun: no news for a person.</summary>
        public bool Follows { get; init; }
    }
}
