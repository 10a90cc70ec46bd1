namespace Federation.Storage;

/// <summary>What became of a transaction.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome() { }

    /// <summary>Durable and visible.</summary>
    /// <param name="Revision">The revision all its writes carry.</param>
    public sealed record Committed(long Revision) : CommitOutcome;

    /// <summary>A condition did not hold; nothing was written.</summary>
    /// <param name="Key">The first document whose condition failed.</param>
    /// <param name="Expected">The revision the condition asked for.</param>
    /// <param name="Actual">The document's revision; 0 if absent.</param>
    public sealed record Conflict(DocumentKey Key, long Expected, long Actual) : CommitOutcome;
}
