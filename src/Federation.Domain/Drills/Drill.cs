using Federation.Domain.Identifiers;

namespace Federation.Domain.Drills;

/// <summary>
/// A cluster that the plane treats as lost for a while, on purpose. It says itself when it ends, so that it ends also if everyone who began it is gone.
/// </summary>
public sealed record Drill
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The cluster that is cut off.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it is over at the latest.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Who began it.</summary>
    public required string StartedBy { get; init; }

    /// <summary>When it was over; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who ended it; null where its time had come.</summary>
    public string? EndedBy { get; init; }

    /// <summary>What was seen of it.</summary>
    public DrillFindings? Findings { get; init; }
}
