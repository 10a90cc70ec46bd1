using Federation.Contracts.Api;
using Federation.Domain.Observation;
using Federation.Health.Verdicts;

namespace Federation.Health.Service.Events;

/// <summary>The last changes of verdicts, for people. Thread-safe; lives as long as the process.</summary>
public sealed class VerdictEvents
{
    private const int Kept = 1000;

    private readonly object _gate = new();
    private readonly Queue<EventRecord> _events = new();

    /// <summary>What is kept, oldest first.</summary>
    public IReadOnlyList<EventRecord> All
    {
        get { lock (_gate) return [.. _events]; }
    }

    /// <summary>Notes changes of state; changes of reason or lease alone are no event.</summary>
    public void Note(IReadOnlyList<VerdictChange> changes, DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (VerdictChange change in changes)
            {
                if (change.After?.State == change.Before?.State) continue;
                string subject = $"{(change.Node is null ? "Cluster" : "Node")} {change.Key}";
                _events.Enqueue(change.After is { } after
                    ? new EventRecord(now, after.State.IsDoubtful() ? "Warning" : "Normal", after.State.ToString(), subject, after.Reason, 1, "health")
                    : new EventRecord(now, "Normal", "Forgotten", subject, "its cluster is registered no more", 1, "health"));
                if (_events.Count > Kept) _events.Dequeue();
            }
        }
    }
}
