using System.Globalization;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Events;

/// <summary>
/// Tells when a node stopped a singleton of its own because its lease had ended, and when that runs again. The node decided it alone, so it is learned from what the
/// node reports once it is heard again, however long after. For people alone: nothing is decided by it. What was told stands in the events' keys: it is told once,
/// over restarts too.
/// </summary>
/// <param name="events">Writes it down.</param>
public sealed class SingletonStory(EventJournal events)
{
    private readonly List<string> _telling = [];
    private HashSet<string>? _told;

    /// <summary>The events that are yet to be told; they are told again until <see cref="Told"/> says that they are kept.</summary>
    /// <param name="singletons">The workloads of which one at most may run.</param>
    /// <param name="observed">What their nodes report.</param>
    /// <param name="store">Where told events are found.</param>
    public IReadOnlyList<StoreWrite> Tell(IEnumerable<WorkloadKey> singletons, ObservedWorld observed, IStoreSnapshot store)
    {
        var writes = new List<StoreWrite>();
        _telling.Clear();
        foreach (ReplicaObservation replica in singletons.SelectMany(observed.ReplicasOf))
        {
            if (replica.FencedAt is not { } fencedAt) continue;
            _told ??= [.. store.List(Kinds.Event).Select(static document => MarkOf(document.Key.Key))];
            // Both may be told in one moment: the key keeps their order.
            string mark = string.Create(CultureInfo.InvariantCulture, $"{replica.Id}-{fencedAt.UtcTicks}");
            if (IsNew($"{mark}-0")) writes.Add(events.LeaseEnded(replica, $"{mark}-0"));
            if (replica is { Running: true, StartedAt: not null } && IsNew($"{mark}-1")) writes.Add(events.BegunAnew(replica, $"{mark}-1"));
        }
        return writes;

        bool IsNew(string mark)
        {
            if (_told.Contains(mark)) return false;
            _telling.Add(mark);
            return true;
        }
    }

    /// <summary>What was yet to be told is kept.</summary>
    public void Told() => _told?.UnionWith(_telling);

    // What stands after the tenant and the moment.
    private static string MarkOf(string key) => key[(key.IndexOf('-', key.IndexOf('/', StringComparison.Ordinal) + 1) + 1)..];
}
