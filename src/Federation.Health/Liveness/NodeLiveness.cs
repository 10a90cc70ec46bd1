using System.Collections.Immutable;
using Federation.Domain.Identifiers;

namespace Federation.Health.Liveness;

/// <summary>
/// What Health has seen of one node's life since it started. Immutable; each thing seen makes the next value. Times are measured from
/// Health's start on its monotonic clock.
/// </summary>
public sealed record NodeLiveness
{
    /// <summary>The node.</summary>
    public required NodeKey Node { get; init; }

    /// <summary>Whether a report stream is open on which the node has given its full set.</summary>
    public bool Connected { get; init; }

    /// <summary>When the last stream ended; null if none has ended since Health started.</summary>
    public TimeSpan? EndedAt { get; init; }

    /// <summary>How the last stream ended, for a person.</summary>
    public string? EndReason { get; init; }

    /// <summary>When the last message came; null: the node has not reported since Health started.</summary>
    public TimeSpan? LastContact { get; init; }

    /// <summary>When the newest renewal that was granted came in: the holder's lease began no later than that.</summary>
    public TimeSpan? LastGrant { get; init; }

    /// <summary>Since when contact is unbroken; null while it is lost.</summary>
    public TimeSpan? SteadySince { get; init; }

    /// <summary>When contact was lost, newest last; only those that may still count as flaps.</summary>
    public ImmutableArray<TimeSpan> Losses { get; init; } = [];

    /// <summary>The node gave a full set on a stream: it is in contact.</summary>
    public NodeLiveness Reported(TimeSpan now, VerdictLimits limits)
    {
        NodeLiveness next = this with { Connected = true, SteadySince = Connected ? SteadySince : now };
        return next.Heard(now, limits);
    }

    /// <summary>A message came on the open stream.</summary>
    public NodeLiveness Heard(TimeSpan now, VerdictLimits limits)
    {
        if (!Connected) return this;
        bool wasSilent = LastContact is { } last && SteadySince <= last && now - last > limits.Silence;
        return wasSilent
            ? this with { LastContact = now, SteadySince = now, Losses = With(Losses, LastContact!.Value + limits.Silence, now, limits) }
            : this with { LastContact = now };
    }

    /// <summary>A renewal was received and is about to be granted. Counts from its receipt, which is after the holder sent it.</summary>
    public NodeLiveness Granted(TimeSpan now, VerdictLimits limits) => Heard(now, limits) with { LastGrant = now };

    /// <summary>The stream ended and no newer one has taken its place.</summary>
    public NodeLiveness StreamEnded(TimeSpan now, string reason, VerdictLimits limits) => !Connected
        ? this
        : this with { Connected = false, EndedAt = now, EndReason = reason, SteadySince = null, Losses = With(Losses, now, now, limits) };

    private static ImmutableArray<TimeSpan> With(ImmutableArray<TimeSpan> losses, TimeSpan loss, TimeSpan now, VerdictLimits limits) =>
        [.. losses.Where(earlier => now - earlier < limits.FlapWindow), loss];
}
