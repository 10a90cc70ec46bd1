namespace Federation.Identity.Enrolling;

/// <summary>What became of a request for a certificate.</summary>
public abstract record EnrollOutcome
{
    private EnrollOutcome() { }

    /// <summary>Issued.</summary>
    /// <param name="Certificate">DER.</param>
    public sealed record Issued(byte[] Certificate) : EnrollOutcome;

    /// <summary>Refused.</summary>
    /// <param name="Reason">Why, and what would help; nothing that tells a guesser more.</param>
    public sealed record Refused(string Reason) : EnrollOutcome;

    /// <summary>The request itself is broken.</summary>
    /// <param name="Rule">The rule it breaks.</param>
    public sealed record Malformed(string Rule) : EnrollOutcome;
}
