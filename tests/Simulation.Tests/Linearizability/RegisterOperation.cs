namespace Simulation.Tests.Linearizability;

/// <summary>
/// One call on one document, as its caller saw it. A document is a register: it holds the value written last, and a revision that rises with every write.
/// </summary>
/// <param name="Began">Before the call was sent.</param>
/// <param name="Ended">After its answer came; null if none ever did: then it may take effect at any later time, or never.</param>
public abstract record RegisterOperation(long Began, long? Ended)
{
    /// <summary>A read.</summary>
    /// <param name="Began">Before the call was sent.</param>
    /// <param name="Ended">After its answer came.</param>
    /// <param name="Value">The value that it saw; null: there was none.</param>
    /// <param name="Revision">Its revision; 0 where there was none.</param>
    public sealed record Read(long Began, long? Ended, string? Value, long Revision) : RegisterOperation(Began, Ended);

    /// <summary>A write that was acknowledged.</summary>
    /// <param name="Began">Before the call was sent.</param>
    /// <param name="Ended">After its answer came.</param>
    /// <param name="Value">What was written; no other write has the same.</param>
    /// <param name="Condition">The revision that the document had to have; null: any.</param>
    /// <param name="Revision">The revision that it was given.</param>
    public sealed record Written(long Began, long? Ended, string Value, long? Condition, long Revision) : RegisterOperation(Began, Ended);

    /// <summary>A conditional write that was refused, because the document had another revision.</summary>
    /// <param name="Began">Before the call was sent.</param>
    /// <param name="Ended">After its answer came.</param>
    /// <param name="Condition">The revision that the document had to have.</param>
    public sealed record Refused(long Began, long? Ended, long Condition) : RegisterOperation(Began, Ended);

    /// <summary>A write without an answer: its caller, its server or the path between them died.</summary>
    /// <param name="Began">Before the call was sent.</param>
    /// <param name="Value">What was to be written.</param>
    /// <param name="Condition">The revision that the document had to have; null: any.</param>
    public sealed record Unanswered(long Began, string Value, long? Condition) : RegisterOperation(Began, null);
}
