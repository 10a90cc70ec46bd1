using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Health.Service.Documents;
using Federation.Routing.Computation;
using Federation.Routing.Documents;
using Federation.Storage;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Health.Service.Loops;

/// <summary>
/// Replicas by workload and routes by host and path, kept up to date change by change, and what has to be computed anew because of them.
/// Thread-safe: the store's watch and Placement's feed each bring their changes on their own.
/// </summary>
public sealed class EndpointIndex
{
    private readonly object _gate = new();
    private readonly Dictionary<string, SortedDictionary<ReplicaId, ReplicaObservation>> _replicas = new(StringComparer.Ordinal);
    private readonly Dictionary<ReplicaId, string> _workloadOf = [];
    private readonly Dictionary<string, SortedDictionary<string, RouteEntry>> _claims = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _dirtyServices = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _dirtyEntries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _dirtyNodes = new(StringComparer.Ordinal);

    /// <summary>What has to be computed anew.</summary>
    public sealed record Work(IReadOnlyList<string> Services, IReadOnlyList<string> Entries, IReadOnlyList<string> Nodes);

    /// <summary>Takes a batch of Health's own observations in, as one.</summary>
    public void Take(StoreWatchBatch batch)
    {
        lock (_gate)
        {
            switch (batch)
            {
                case StoreWatchBatch.Relist relist:
                    foreach (string service in _replicas.Keys) _dirtyServices.Add(service);
                    _replicas.Clear();
                    _workloadOf.Clear();
                    foreach (StoredDocument document in relist.Snapshot.List(HealthKinds.ReplicaObservation)) Put(HealthKinds.Read<ReplicaObservation>(document));
                    foreach (StoredDocument document in relist.Snapshot.List(HealthKinds.NodeObservation)) _dirtyNodes.Add(document.Key.Key);
                    break;
                case StoreWatchBatch.Changes changes:
                    foreach (StoreChange change in changes.Items)
                    {
                        if (change.Key.Kind == HealthKinds.NodeObservation) _dirtyNodes.Add(change.Key.Key);
                        else if (change.Document is { } document) Put(HealthKinds.Read<ReplicaObservation>(document));
                        else Remove(new ReplicaId(change.Key.Key));
                    }
                    break;
            }
        }
    }

    /// <summary>Takes a batch of Placement's documents in, as one.</summary>
    public void Take(IReadOnlyList<FeedChange> changes)
    {
        lock (_gate)
        {
            foreach (FeedChange change in changes)
            {
                switch (change.Kind)
                {
                    case "Workload":
                        if (change.Before is null || change.After is null) _dirtyServices.Add(change.Key);
                        break;
                    case "Rollout":
                        _dirtyServices.Add(change.Key);
                        break;
                    case "Assignment":
                        Assignment order = (change.After ?? change.Before)!.Value<Assignment>();
                        _dirtyServices.Add(order.Workload.ToString());
                        break;
                    case "Route":
                        if (change.Before is { } before && RouteRules.Compute(before.Value<Route>()) is { } old) Unclaim(old, change.Key);
                        if (change.After is { } after && RouteRules.Compute(after.Value<Route>()) is { } entry) Claim(entry, change.Key);
                        break;
                }
            }
        }
    }

    /// <summary>Takes all that has to be computed anew.</summary>
    public Work TakeWork()
    {
        lock (_gate)
        {
            var work = new Work([.. _dirtyServices], [.. _dirtyEntries], [.. _dirtyNodes]);
            _dirtyServices.Clear();
            _dirtyEntries.Clear();
            _dirtyNodes.Clear();
            return work;
        }
    }

    /// <summary>Gives work back that was not done.</summary>
    public void GiveBack(Work work)
    {
        lock (_gate)
        {
            _dirtyServices.UnionWith(work.Services);
            _dirtyEntries.UnionWith(work.Entries);
            _dirtyNodes.UnionWith(work.Nodes);
        }
    }

    /// <summary>The replicas that are reported under a workload's name, by id.</summary>
    public IReadOnlyList<ReplicaObservation> ReplicasOf(string service)
    {
        lock (_gate) return _replicas.TryGetValue(service, out SortedDictionary<ReplicaId, ReplicaObservation>? replicas) ? [.. replicas.Values] : [];
    }

    /// <summary>The entry of a host and path. Placement lets only one route claim it; should there be two, the first by key holds.</summary>
    public RouteEntry? Entry(string key)
    {
        lock (_gate) return _claims.TryGetValue(key, out SortedDictionary<string, RouteEntry>? claims) ? claims.Values.First() : null;
    }

    private void Put(ReplicaObservation replica)
    {
        string service = replica.Workload.ToString();
        if (_workloadOf.TryGetValue(replica.Id, out string? before) && before != service) Remove(replica.Id);
        _workloadOf[replica.Id] = service;
        if (!_replicas.TryGetValue(service, out SortedDictionary<ReplicaId, ReplicaObservation>? replicas)) _replicas[service] = replicas = [];
        replicas[replica.Id] = replica;
        _dirtyServices.Add(service);
    }

    private void Remove(ReplicaId id)
    {
        if (!_workloadOf.Remove(id, out string? service)) return;
        SortedDictionary<ReplicaId, ReplicaObservation> replicas = _replicas[service];
        replicas.Remove(id);
        if (replicas.Count == 0) _replicas.Remove(service);
        _dirtyServices.Add(service);
    }

    private void Claim(RouteEntry entry, string route)
    {
        if (!_claims.TryGetValue(entry.Key, out SortedDictionary<string, RouteEntry>? claims))
            _claims[entry.Key] = claims = new SortedDictionary<string, RouteEntry>(StringComparer.Ordinal);
        claims[route] = entry;
        _dirtyEntries.Add(entry.Key);
    }

    private void Unclaim(RouteEntry entry, string route)
    {
        if (!_claims.TryGetValue(entry.Key, out SortedDictionary<string, RouteEntry>? claims)) return;
        claims.Remove(route);
        if (claims.Count == 0) _claims.Remove(entry.Key);
        _dirtyEntries.Add(entry.Key);
    }
}
