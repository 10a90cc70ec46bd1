using System.Collections.Immutable;
using Federation.Domain.Identifiers;

namespace Federation.Health.Verdicts;

/// <summary>
/// Most clusters vanished together: it is likelier that Health itself is cut off than that all of them died, so their work stays for a while.
/// </summary>
/// <param name="Clusters">Those held at Suspect.</param>
/// <param name="Until">When they are no longer held.</param>
/// <param name="Known">How many clusters are known in all.</param>
public sealed record Freeze(ImmutableSortedSet<ClusterId> Clusters, TimeSpan Until, int Known)
{
    /// <summary>Nothing is held.</summary>
    public static Freeze None { get; } = new([], TimeSpan.Zero, 0);
}
