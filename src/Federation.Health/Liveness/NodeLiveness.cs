using System.Collections.Immutable;
using Federation.Domain.Identifiers;
using Federation.Health.Suspicion;

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

    /// <summary>How its renewals come in.</summary>
    public Cadence Cadence { get; init; }

    /// <summary>How often it was last asked to renew.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>When contact was lost, newest last; only those that may still count as flaps.</summary>
    public ImmutableArray<TimeSpan> Losses { get; init; } = [];

    /// <summary>The node gave a full set on a stream: it is in contact.</summary>
    public NodeLiveness Reported(TimeSpan now, OwnWatch watch, VerdictLimits limits)
    {
        NodeLiveness next = this with { Connected = true, SteadySince = Connected ? SteadySince : now };
        return next.Heard(now, watch, limits);
    }

    /// <summary>A message came on the open stream.</summary>
    public NodeLiveness Heard(TimeSpan now, OwnWatch watch, VerdictLimits limits)
    {
        if (!Connected) return this;
        // A loss is what outlasts the longest silence: shorter ones teach the cadence, and are no flaps.
        bool wasSilent = LastContact is { } last && SteadySince <= last && now - last - watch.Missed(last, now) > limits.Silence;
        return wasSilent
            ? this with { LastContact = now, SteadySince = now, Losses = With(Losses, LastContact!.Value + limits.Silence, now, limits) }
            : this with { LastContact = now };
    }

    /// <summary>A renewal was received and is about to be granted. Counts from its receipt, which is after the holder sent it.</summary>
    /// <param name="now">The receipt.</param>
    /// <param name="nodes">How many nodes renew.</param>
    /// <param name="watch">When Health itself was awake.</param>
    /// <param name="limits">The durations.</param>
    public NodeLiveness Granted(TimeSpan now, int nodes, OwnWatch watch, VerdictLimits limits)
    {
        Cadence cadence = Cadence;
        if (LastGrant is { } last && SteadySince <= last)
        {
            TimeSpan interval = now - last - watch.Missed(last, now);
            cadence = cadence.After(interval < limits.Silence ? interval : limits.Silence);
        }
        return Heard(now, watch, limits) with { LastGrant = now, Cadence = cadence, Period = SuspicionRule.Period(cadence, nodes, limits) };
    }

    /// <summary>The stream ended and no newer one has taken its place. That is no flap of a node that hung up on a Health that stood still.</summary>
    public NodeLiveness StreamEnded(TimeSpan now, string reason, OwnWatch watch, VerdictLimits limits) => !Connected
        ? this
        : this with
        {
            Connected = false,
            EndedAt = now,
            EndReason = reason,
            SteadySince = null,
            Losses = watch.ExcusedUntil(now, limits) is null ? With(Losses, now, now, limits) : Losses,
        };

    private static ImmutableArray<TimeSpan> With(ImmutableArray<TimeSpan> losses, TimeSpan loss, TimeSpan now, VerdictLimits limits) =>
        [.. losses.Where(earlier => now - earlier < limits.FlapWindow), loss];
}
