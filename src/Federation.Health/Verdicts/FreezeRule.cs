using System.Collections.Immutable;
using Federation.Domain.Identifiers;
using Federation.Health.Liveness;

namespace Federation.Health.Verdicts;

/// <summary>
/// Decides whether clusters vanished together. A function of the losses alone, so that it needs no memory: the same losses give the same freeze
/// at every moment, and it ends by itself when enough clusters are back or its time is over.
/// </summary>
public static class FreezeRule
{
    /// <summary>The freeze that holds at <paramref name="now"/>.</summary>
    /// <param name="losses">For every known cluster, when the last of its nodes was lost; null while any node is in contact (or not yet missed).</param>
    /// <param name="now">The moment.</param>
    /// <param name="limits">The durations.</param>
    public static Freeze Judge(IReadOnlyDictionary<ClusterId, TimeSpan?> losses, TimeSpan now, VerdictLimits limits)
    {
        int known = losses.Count;
        if (known < 2) return Freeze.None;
        // More than half of three or more; of two, both.
        int needed = known == 2 ? 2 : (known / 2) + 1;
        (TimeSpan At, ClusterId Cluster)[] lost =
        [
            .. losses.Where(static pair => pair.Value is not null)
                .Select(static pair => (At: pair.Value!.Value, Cluster: pair.Key))
                .OrderBy(static pair => pair.At).ThenBy(static pair => pair.Cluster),
        ];
        ImmutableSortedSet<ClusterId> held = [];
        TimeSpan until = TimeSpan.Zero;
        for (int first = 0; first + needed <= lost.Length; first++)
        {
            TimeSpan completed = lost[first + needed - 1].At;
            if (completed - lost[first].At > limits.FreezeWindow) continue;
            TimeSpan end = completed + limits.FreezeDuration;
            if (end <= now) continue;
            held = held.Union(lost.Skip(first).TakeWhile(pair => pair.At - lost[first].At <= limits.FreezeWindow).Select(static pair => pair.Cluster));
            until = end > until ? end : until;
        }
        return held.IsEmpty ? Freeze.None : new Freeze(held, until, known);
    }
}
