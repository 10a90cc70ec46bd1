using System.Collections.Immutable;
using Federation.Health.Liveness;

namespace Federation.Health.Suspicion;

/// <summary>
/// When Health itself was awake, told by its own ticks. A tick that comes late means that nothing ran here (a collection of garbage, a stopped
/// process, a machine that slept, a clock that leapt): what was not heard meanwhile is no sign of anything. Immutable.
/// </summary>
public sealed record OwnWatch
{
    /// <summary>Nothing missed.</summary>
    public static OwnWatch Begun { get; } = new();

    /// <summary>The last tick; null before the first.</summary>
    public TimeSpan? LastTick { get; init; }

    /// <summary>Spans without a tick, oldest first.</summary>
    public ImmutableArray<Pause> Pauses { get; init; } = [];

    /// <summary>A tick, or anything else that Health did.</summary>
    public OwnWatch Ticked(TimeSpan now, VerdictLimits limits)
    {
        if (LastTick is not { } last || now - last <= limits.Tick + limits.LateTick) return this with { LastTick = now };
        return this with
        {
            LastTick = now,
            Pauses = [.. Pauses.Where(pause => now - pause.To < limits.PauseMemory), new Pause(last, now)],
        };
    }

    /// <summary>How much of a span Health did not watch.</summary>
    public TimeSpan Missed(TimeSpan from, TimeSpan to)
    {
        TimeSpan missed = TimeSpan.Zero;
        foreach (Pause pause in Pauses)
        {
            TimeSpan begin = pause.From > from ? pause.From : from, end = pause.To < to ? pause.To : to;
            if (end > begin) missed += end - begin;
        }
        return missed;
    }

    /// <summary>
    /// Until when a connection that ended at that moment is given to come back; null if its end is no fault of ours. A pause that outlasts the
    /// peers' patience makes all of them hang up: Health is then as one that has just started.
    /// </summary>
    public TimeSpan? ExcusedUntil(TimeSpan endedAt, VerdictLimits limits)
    {
        foreach (Pause pause in Pauses)
        {
            if (pause.To - pause.From >= limits.PeersPatience && endedAt >= pause.From && endedAt <= pause.To + limits.RedialGrace)
                return pause.To + limits.RedialGrace + limits.Silence;
        }
        return null;
    }

    /// <summary>A span in which Health did not run.</summary>
    /// <param name="From">Its last tick before.</param>
    /// <param name="To">Its first one after.</param>
    public readonly record struct Pause(TimeSpan From, TimeSpan To);
}
