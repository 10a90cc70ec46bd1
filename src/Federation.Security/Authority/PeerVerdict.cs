using Federation.Security.Principals;

namespace Federation.Security.Authority;

/// <summary>What <see cref="PlaneTrust"/> makes of a certificate.</summary>
public abstract record PeerVerdict
{
    private PeerVerdict() { }

    /// <summary>Signed by the plane's authority and within its time.</summary>
    /// <param name="Peer">Whom it names.</param>
    public sealed record Accepted(Peer Peer) : PeerVerdict;

    /// <summary>Signed by the plane's authority, but past its end: serves for renewal alone, and only within <see cref="PlaneTrust.RenewalGrace"/>.</summary>
    /// <param name="Peer">Whom it names.</param>
    /// <param name="Since">When it expired.</param>
    public sealed record Expired(Peer Peer, DateTimeOffset Since) : PeerVerdict;

    /// <summary>Not to be believed.</summary>
    /// <param name="Reason">Why, as a sentence.</param>
    public sealed record Refused(string Reason) : PeerVerdict;
}
