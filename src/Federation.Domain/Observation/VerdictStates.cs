namespace Federation.Domain.Observation;

/// <summary>What the states of a verdict have in common.</summary>
public static class VerdictStates
{
    /// <summary>Contact is good: orders arrive and observations are fresh. Draining and Cordoned are declared, and otherwise Ready.</summary>
    public static bool IsInContact(this VerdictState state) => state is VerdictState.Ready or VerdictState.Draining or VerdictState.Cordoned;

    /// <summary>Lost past the suspicion: work may leave, at once or after its toleration.</summary>
    public static bool IsLost(this VerdictState state) => state is VerdictState.Unreachable or VerdictState.NotReady;

    /// <summary>Contact is late or lost: traffic goes elsewhere where it can.</summary>
    public static bool IsDoubtful(this VerdictState state) => state is VerdictState.Suspect or VerdictState.Unreachable or VerdictState.NotReady;
}
