namespace Federation.Domain.Observation;

/// <summary>Health's judgement of a cluster or node.</summary>
public enum VerdictState
{
    /// <summary>Not yet reported since Health started: keep what is known, decide nothing.</summary>
    Unknown,

    /// <summary>Proof of life is fresh.</summary>
    Ready,

    /// <summary>One witness lost it, or it is late: traffic goes elsewhere, work stays.</summary>
    Suspect,

    /// <summary>Lost past the suspicion, without a second independent witness that says so: work moves after the toleration.</summary>
    Unreachable,

    /// <summary>Lost, as at least two independent witnesses agree: work moves at once, unless a toleration is written down.</summary>
    NotReady,

    /// <summary>In contact, and declared to be emptied: takes nothing new, and what it has moves elsewhere.</summary>
    Draining,

    /// <summary>In contact, and declared closed: takes nothing new, keeps what it has.</summary>
    Cordoned,
}
