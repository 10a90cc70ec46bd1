using System.Globalization;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Verdicts;
using Federation.Health.Witnesses;

namespace Federation.Health.Service.Events;

/// <summary>What Health saw and judged last, for people: witnesses, verdicts, freezes, its own pauses, reports that it refused. Thread-safe; lives as long as the process.</summary>
public sealed class VerdictEvents
{
    private const int Kept = 1000;

    private readonly object _gate = new();
    private readonly LinkedList<EventRecord> _events = new();

    /// <summary>What is kept, oldest first.</summary>
    public IReadOnlyList<EventRecord> All
    {
        get { lock (_gate) return [.. _events]; }
    }

    /// <summary>Notes what a review found: first what was seen, then what it means. Changes of reason or lease alone are no event.</summary>
    public void Note(VerdictReview review, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (review.StoodStill is { } pause)
            {
                Add(now, "Warning", "HealthStoodStill", "Plane health", string.Create(CultureInfo.InvariantCulture,
                    $"Health itself did not run for {pause.TotalSeconds:0.0} s; what was not heard meanwhile counts for nothing"));
            }
            foreach (WitnessChange change in review.Witnesses)
            {
                string subject = Subject(change.Cluster, change.Node);
                if (change.Testimony.Lost) Add(now, "Warning", "WitnessLost", subject, $"{change.Testimony.Name}: {change.Testimony.Says}");
                else Add(now, "Normal", "WitnessBack", subject, $"{change.Testimony.Name}: {change.Testimony.Says}");
            }
            if (review.FreezeChanged)
            {
                if (review.Freeze.Clusters.IsEmpty)
                    Add(now, "Normal", "Thawed", "Plane health", "the freeze is over: what is still lost is judged by its own witnesses");
                else
                    Add(now, "Warning", "Frozen", "Plane health", string.Create(CultureInfo.InvariantCulture,
                        $"{review.Freeze.Clusters.Count} of {review.Freeze.Known} clusters vanished together ({string.Join(", ", review.Freeze.Clusters)}): Health suspects itself, traffic shifts and no work moves"));
            }
            foreach (VerdictChange change in review.Changes)
            {
                if (change.After?.State == change.Before?.State) continue;
                string subject = Subject(change.Cluster, change.Node);
                if (change.After is { } after) Add(now, after.State.IsDoubtful() ? "Warning" : "Normal", after.State.ToString(), subject, after.Reason);
                else Add(now, "Normal", "Forgotten", subject, "its cluster is registered no more");
            }
        }
    }

    /// <summary>Notes a report that was refused, or taken over though it is odd. The same again is counted, not repeated.</summary>
    public void Odd(NodeKey node, string reason, string what, DateTimeOffset now)
    {
        lock (_gate)
        {
            string subject = Subject(node.Cluster, node.Node);
            for (LinkedListNode<EventRecord>? entry = _events.Last; entry is not null; entry = entry.Previous)
            {
                EventRecord known = entry.Value;
                if (known.Object != subject) continue;
                if (known.Reason != reason || known.Message != what) break;
                _events.Remove(entry);
                _events.AddLast(known with { Time = now, Count = known.Count + 1 });
                return;
            }
            Add(now, "Warning", reason, subject, what);
        }
    }

    private void Add(DateTimeOffset now, string type, string reason, string subject, string message)
    {
        _events.AddLast(new EventRecord(now, type, reason, subject, message, 1, "health"));
        if (_events.Count > Kept) _events.RemoveFirst();
    }

    private static string Subject(ClusterId cluster, NodeId? node) => node is { } name ? $"Node {cluster}/{name}" : $"Cluster {cluster}";
}
