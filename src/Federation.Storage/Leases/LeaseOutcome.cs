namespace Federation.Storage.Leases;

/// <summary>What became of a request for a lease.</summary>
public abstract record LeaseOutcome
{
    private LeaseOutcome() { }

    /// <summary>The holder has the lease.</summary>
    /// <param name="Term">Fences everything done under the lease; rises with each new holding, and never falls.</param>
    /// <param name="Duration">How long from the judge's reception. The holder counts it on its own monotonic clock from before it sent the request.</param>
    public sealed record Granted(long Term, TimeSpan Duration) : LeaseOutcome;

    /// <summary>Another holds the lease.</summary>
    /// <param name="Holder">The other.</param>
    /// <param name="Term">Its term.</param>
    /// <param name="Remaining">How long it still lasts unless it is renewed.</param>
    public sealed record Held(string Holder, long Term, TimeSpan Remaining) : LeaseOutcome;

    /// <summary>The holding has ended (run out, released, or taken): the holder must stop what it did under it, and acquire anew.</summary>
    /// <param name="Term">The newest term of this name; 0 if it was never held.</param>
    public sealed record Ended(long Term) : LeaseOutcome;
}
