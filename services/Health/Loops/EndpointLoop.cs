using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Rollouts;
using Federation.Feeds;
using Federation.Health.Service.Documents;
using Federation.Reconciliation;
using Federation.Routing.Computation;
using Federation.Routing.Documents;
using Federation.Storage;

namespace Federation.Health.Service.Loops;

/// <summary>
/// Computes what gateways serve: the endpoints of each workload and the entry of each host and path. Until Placement's documents are known it
/// writes nothing, not even that a node has reported: gateways then keep what they have.
/// </summary>
public sealed class EndpointLoop
{
    private const string Everything = "endpoints";

    private readonly IStore _store;
    private readonly FeedFollower _placement;
    private readonly EndpointIndex _index = new();
    private readonly WorkQueue<string> _queue;
    private readonly ControlLoop<string> _loop;

    public EndpointLoop(IStore store, FeedFollower placement, TimeProvider time, ILogger logger)
    {
        _store = store;
        _placement = placement;
        _queue = new WorkQueue<string>(time, Backoff.Default);
        _loop = new ControlLoop<string>(Everything, _queue, (_, _) => ComputeAsync(), TimeSpan.FromSeconds(30), time, logger);
        placement.Changed += (_, changes) =>
        {
            _index.Take(changes);
            _queue.Add(Everything);
        };
    }

    /// <summary>Runs until cancelled. Begin it before the follower of Placement: it learns of documents by their changes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_loop.RunAsync(cancellationToken), WatchAsync(cancellationToken));

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (StoreWatchBatch batch in _store.WatchAsync(null, [HealthKinds.NodeObservation, HealthKinds.ReplicaObservation], cancellationToken))
        {
            _index.Take(batch);
            _queue.Add(Everything);
        }
    }

    private async Task<TimeSpan?> ComputeAsync()
    {
        // The work is taken before the view: what changes in between is dirty again and computed once more.
        if (!_placement.Current.Known) return null;
        EndpointIndex.Work work = _index.TakeWork();
        FeedView view = _placement.Current;
        IStoreSnapshot snapshot = _store.Current;
        try
        {
            var writes = new List<StoreWrite>();
            foreach (string service in work.Services)
            {
                ServiceEndpoints? endpoints = Endpoints(view, service);
                Add(writes, snapshot, ServiceEndpoints.Kind, service, endpoints);
                writes.AddRange(TrafficOver(snapshot, service, endpoints?.Trial));
            }
            foreach (string entry in work.Entries) Add(writes, snapshot, RouteEntry.Kind, entry, _index.Entry(entry));
            foreach (string node in work.Nodes) Add(writes, snapshot, HealthKinds.NodeReport, node, Report(snapshot, node));
            Add(writes, snapshot, TableState.Kind, TableState.Key, new TableState { Complete = true });
            if (writes.Count > 0) await _store.CommitAsync(new StoreTransaction { Writes = writes }, CancellationToken.None);
        }
        catch
        {
            _index.GiveBack(work);
            throw;
        }
        return null;
    }

    private ServiceEndpoints? Endpoints(FeedView view, string service)
    {
        if (!view.OfKind("Workload").ContainsKey(service)) return null;
        IReadOnlyList<ReplicaObservation> replicas = _index.ReplicasOf(service);
        var orders = new Dictionary<AssignmentId, Assignment>();
        foreach (AssignmentId id in replicas.Select(static replica => replica.Assignment).Distinct())
        {
            if (view.Find<Assignment>("Assignment", id.Value) is { } order) orders[id] = order;
        }
        // With nothing older to compare it with, and to go back to, a first version is on no trial.
        TemplateRevision? trial = view.Find<Rollout>("Rollout", service) is { Established: not null, Trial: { } under } ? under.Revision : null;
        return EndpointRules.Compute(WorkloadKey.Parse(service), replicas, orders, trial);
    }

    // Counts end with their trial, and with their replica.
    private IEnumerable<StoreWrite> TrafficOver(IStoreSnapshot snapshot, string service, TemplateRevision? trial)
    {
        HashSet<ReplicaId>? replicas = null;
        foreach (StoredDocument document in snapshot.List(HealthKinds.ReplicaTraffic, $"{service}/"))
        {
            ReplicaTraffic seen = HealthKinds.Read<ReplicaTraffic>(document);
            replicas ??= [.. _index.ReplicasOf(service).Select(static replica => replica.Id)];
            if (seen.Trial != trial || !replicas.Contains(seen.Replica)) yield return HealthKinds.Delete(HealthKinds.ReplicaTraffic, document.Key.Key);
        }
    }

    private static NodeReport? Report(IStoreSnapshot snapshot, string node)
    {
        if (snapshot.Get(new DocumentKey(HealthKinds.NodeObservation, node)) is null) return null;
        NodeKey key = NodeKey.Parse(node);
        return new NodeReport { Cluster = key.Cluster, Node = key.Node };
    }

    private static void Add<T>(List<StoreWrite> writes, IStoreSnapshot snapshot, string kind, string key, T? record) where T : class
    {
        StoredDocument? present = snapshot.Get(new DocumentKey(kind, key));
        if (record is null)
        {
            if (present is not null) writes.Add(HealthKinds.Delete(kind, key));
            return;
        }
        StoreWrite write = HealthKinds.Put(kind, key, record);
        if (present is null || !present.Body.Span.SequenceEqual(write.Body!.Value.Span)) writes.Add(write);
    }
}
