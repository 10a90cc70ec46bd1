namespace Federation.TestKit.Kubernetes.Double;

/// <summary>What goes wrong with one request.</summary>
public abstract record Fault
{
    /// <summary>It is answered later.</summary>
    public sealed record Slow(TimeSpan By) : Fault;

    /// <summary>It is refused: 429 and 503 as an overloaded server does, 500 and others with a Status.</summary>
    public sealed record Refuse(int Code, int? RetryAfter = null, string Words = "Internal error occurred: a fault on demand") : Fault;

    /// <summary>The connection is cut before anything is answered, or, where <paramref name="AfterCarryingOut"/>, after a write was carried out.</summary>
    public sealed record Cut(bool AfterCarryingOut = false) : Fault;

    /// <summary>A watch is cut in the middle of an event, after so many.</summary>
    public sealed record CutWatch(int AfterEvents) : Fault;

    /// <summary>A list is answered as it was so many revisions ago, and a watch knows nothing newer when it begins: a server that lags behind.</summary>
    public sealed record Stale(int ByRevisions) : Fault;

    /// <summary>A watch tells again what was so many revisions before the one that it was to begin at, and is cut after so many events.</summary>
    public sealed record Replay(int ByRevisions, int AfterEvents) : Fault;

    /// <summary>A watch, or a list's next page, is told that its version is gone.</summary>
    public sealed record Expire : Fault;

    /// <summary>A watch ends at once, in good order.</summary>
    public sealed record EndWatch : Fault;

    /// <summary>A watch is never told anything.</summary>
    public sealed record Silence : Fault;
}
