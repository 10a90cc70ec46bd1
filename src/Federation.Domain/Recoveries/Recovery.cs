using Federation.Domain.Identifiers;

namespace Federation.Domain.Recoveries;

/// <summary>
/// Says that the plane's stores were restored or made anew while clusters went on. Until it is finished nothing is decided: agents tell what
/// they hold first, since what they were told last may be newer than what the stores say.
/// </summary>
public sealed record Recovery
{
    /// <summary>The one document's key.</summary>
    public const string Key = "plane";

    /// <summary>What the stores were rebuilt from.</summary>
    public required RecoveryOrigin Origin { get; init; }

    /// <summary>When, for people.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time of the backup or kit, for people.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The nodes that are known to belong to the plane, and are waited for.</summary>
    public IReadOnlyList<NodeKey> Awaited { get; init; } = [];

    /// <summary>When it was finished: from then on the plane decides again. Null while it collects.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Who finished it; <c>placement</c> where all had reported.</summary>
    public string? FinishedBy { get; init; }

    /// <summary>Whether what clusters run beyond the stores is taken over, and not left alone.</summary>
    public bool Adopt { get; init; }

    /// <summary>What could not be brought back, each in one line.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];
}
