namespace Federation.Domain.Observation;

/// <summary>Health's judgement of a cluster or node.</summary>
public enum VerdictState
{
    /// <summary>Not yet reported since Health started: keep what is known, decide nothing.</summary>
    Unknown,

    /// <summary>Proof of life is fresh.</summary>
    Ready,

    /// <summary>Contact is lost or late: traffic goes elsewhere, work stays.</summary>
    Suspect,

    /// <summary>Lost for longer than the suspicion limit: work may move after the policy's toleration.</summary>
    NotReady,
}
