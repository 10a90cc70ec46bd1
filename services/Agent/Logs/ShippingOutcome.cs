namespace Federation.Agent.Logs;

/// <summary>What became of lines that were sent.</summary>
public abstract record ShippingOutcome
{
    private ShippingOutcome() { }

    /// <summary>They are kept; some may have been refused for good, each by itself.</summary>
    /// <param name="Refused">How many were refused.</param>
    public sealed record Taken(int Refused) : ShippingOutcome;

    /// <summary>Not now: the same lines are to be sent again.</summary>
    /// <param name="Reason">For a person.</param>
    /// <param name="After">How long the receiver asks to wait.</param>
    public sealed record Later(string Reason, TimeSpan? After) : ShippingOutcome;
}
