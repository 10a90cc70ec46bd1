using Federation.Domain.Identifiers;

namespace Federation.Domain.Observation;

/// <summary>Health's judgement of a cluster, or of one node of a native cluster.</summary>
public sealed record Verdict
{
    /// <summary>The cluster.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node; null for the judgement of the whole cluster.</summary>
    public NodeId? Node { get; init; }

    /// <summary>The judgement.</summary>
    public required VerdictState State { get; init; }

    /// <summary>Rises with every change of this verdict.</summary>
    public required long Revision { get; init; }

    /// <summary>Why, for a person.</summary>
    public required string Reason { get; init; }

    /// <summary>What was seen: connection, last renewal, witnesses.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>When the state began, by Health's wall clock; for display alone.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whether the holder's lease has surely ended by Health's monotonic clock, so that an Agent that can fence itself has done so.</summary>
    public bool LeaseEnded { get; init; }
}
