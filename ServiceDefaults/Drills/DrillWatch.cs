using Federation.Domain.Drills;
using Federation.Domain.Identifiers;
using Federation.Feeds;

namespace Federation.ServiceDefaults.Drills;

/// <summary>
/// Which clusters are to be treated as lost now. A drill counts from when it is first seen for no longer than it has left, by this process's monotonic
/// clock: it ends here also if whoever keeps its record is gone.
/// </summary>
/// <param name="feed">Where drills are followed.</param>
/// <param name="time">The clock.</param>
public sealed class DrillWatch(Func<FeedView> feed, TimeProvider time)
{
    /// <summary>The kind of document.</summary>
    public const string Kind = "Drill";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Seen, TimeSpan For)> _seen = new(StringComparer.Ordinal);

    /// <summary>The drills that go on.</summary>
    public IReadOnlyList<Drill> Active()
    {
        FeedView view = feed();
        if (!view.Known || view.OfKind(Kind).Count == 0) return [];
        var active = new List<Drill>();
        lock (_gate)
        {
            foreach (Drill drill in view.All<Drill>(Kind))
            {
                if (drill.EndedAt is not null) continue;
                if (!_seen.TryGetValue(drill.Id, out (long Seen, TimeSpan For) here)) _seen[drill.Id] = here = (time.GetTimestamp(), Left(drill));
                if (time.GetElapsedTime(here.Seen) < here.For) active.Add(drill);
            }
        }
        return active;
    }

    /// <summary>Whether the cluster is to be treated as lost.</summary>
    public bool Covers(ClusterId cluster) => Active().Any(drill => drill.Cluster == cluster);

    private TimeSpan Left(Drill drill)
    {
        TimeSpan left = drill.EndsAt - time.GetUtcNow(), whole = drill.EndsAt - drill.StartedAt;
        return left < whole ? left : whole;
    }
}
