using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Health.Liveness;
using Federation.Health.Observations;
using Federation.Health.Service.Documents;
using Federation.Health.Service.Events;
using Federation.Health.Service.Loops;
using Federation.Health.Service.Reports;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Health;

/// <summary>Health's sessions and loops under a virtual clock, with Placement's documents in a store that the test writes.</summary>
internal sealed class HealthRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly FeedFollower _follower;

    private HealthRig(DocumentStore store, DocumentStore placement)
    {
        Store = store;
        Placement = placement;
        var clock = new HealthClock(Time);
        Desk = new ObservationDesk(store, clock, VerdictLimits.Default);
        Sessions = new ReportSessions(Desk);
        _follower = new FeedFollower("placement", new StoreFeed(placement, document => document.Body, Time), ["Cluster", "Workload", "Route", "Assignment", "Rollout"], Time, new SeededChance(1), NullLogger.Instance);
        _running.Add(new VerdictLoop(Desk, _follower, clock, Events, NullLogger.Instance).RunAsync(_stop.Token));
        _running.Add(new EndpointLoop(store, _follower, Time, NullLogger.Instance).RunAsync(_stop.Token));
    }

    public VirtualTime Time { get; } = new();

    public DocumentStore Store { get; }

    public DocumentStore Placement { get; }

    public ObservationDesk Desk { get; }

    public ReportSessions Sessions { get; }

    public VerdictEvents Events { get; } = new();

    public static async Task<HealthRig> StartAsync(bool placementAnswers = true)
    {
        var rig = new HealthRig(
            await DocumentStore.OpenAsync(new MemoryCommitLog(new SeededChance(1)), null, CancellationToken.None),
            await DocumentStore.OpenAsync(new MemoryCommitLog(new SeededChance(2)), null, CancellationToken.None));
        if (placementAnswers) rig.FollowPlacement();
        return rig;
    }

    public void FollowPlacement() => _running.Add(_follower.RunAsync(_stop.Token));

    /// <summary>An agent's stream; the session runs until it ends.</summary>
    public (MemoryMessageStream<AgentReport, HealthMessage> Agent, Task Session) Connect(string node)
    {
        (MemoryMessageStream<AgentReport, HealthMessage> agent, MemoryMessageStream<HealthMessage, AgentReport> health) = MemoryMessageStream<AgentReport, HealthMessage>.Pair();
        NodeKey key = NodeKey.Parse(node);
        Task session = Sessions.RunAsync(key, token => new ReportSession(key, Desk, Time).RunAsync(health, token), _stop.Token);
        return (agent, session);
    }

    public T? Find<T>(string kind, string key) where T : class => Store.Current.Get(new DocumentKey(kind, key)) is { } document ? HealthKinds.Read<T>(document) : null;

    public VerdictState? StateOf(string key) => Find<Verdict>(HealthKinds.Verdict, key)?.State;

    public Task PlaceAsync(params (string Kind, string Key, object Document)[] documents) => Placement.CommitAsync(new StoreTransaction
    {
        Writes = [.. documents.Select(document => new StoreWrite(new DocumentKey(document.Kind, document.Key), JsonSerializer.SerializeToUtf8Bytes(document.Document, document.Document.GetType(), DomainJson.Options)))],
    }, CancellationToken.None);

    public static async Task WaitForAsync(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "what was waited for did not come");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public static AgentReport Full(string node, long sequence, params (string Id, ReplicaState State)[] replicas)
    {
        NodeKey key = NodeKey.Parse(node);
        var full = new ObservationFullSet
        {
            AgentInstance = "instance",
            Sequence = sequence,
            NodeJson = Json(new NodeObservation { Cluster = key.Cluster, Node = key.Node, Allocatable = new ResourceAmount() }),
            Count = replicas.Length,
            Digest = ByteString.CopyFrom(ObservationDigest.Compute(replicas.Select(replica => new ReplicaId(replica.Id)))),
        };
        full.ReplicasJson.AddRange(replicas.Select(replica => Json(Replica(key, replica.Id, replica.State))));
        return new AgentReport { Full = full };
    }

    public static AgentReport Delta(string node, long sequence, params (string Id, ReplicaState State)[] replicas)
    {
        var delta = new ObservationDelta { Sequence = sequence };
        delta.UpsertsJson.AddRange(replicas.Select(replica => Json(Replica(NodeKey.Parse(node), replica.Id, replica.State))));
        return new AgentReport { Delta = delta };
    }

    public static AgentReport Renewal(long number, long sequence = 0) => new() { Renewal = new LeaseRenewal { Renewal = number, Sequence = sequence } };

    public static (string Kind, string Key, object Document) Cluster(string name, params FailureDomain[] domains) =>
        ("Cluster", name, new Cluster { Metadata = new ResourceMetadata { Name = name }, Spec = new ClusterSpec { FailureDomains = domains } });

    public static (string Kind, string Key, object Document) Web { get; } =
        ("Workload", "default/default/web", new Workload { Metadata = new ResourceMetadata { Name = "web", Namespace = "default", Tenant = new TenantId("default") } });

    public static (string Kind, string Key, object Document) RouteTo(string host) => ("Route", "default/default/shop", new Route
    {
        Metadata = new ResourceMetadata { Name = "shop", Namespace = "default", Tenant = new TenantId("default") },
        Spec = new RouteSpec { Host = host, Workload = "web" },
    });

    public static (string Kind, string Key, object Document) Order(string node) => ("Assignment", $"web.{node.Replace('/', '.')}", new Assignment
    {
        Id = new AssignmentId($"web.{node.Replace('/', '.')}"),
        Workload = WorkloadKey.Parse("default/default/web"),
        WorkloadUid = "web",
        Cluster = NodeKey.Parse(node).Cluster,
        Node = NodeKey.Parse(node).Node,
        Replicas = 1,
        Generation = 1,
        Revision = new TemplateRevision("rev"),
        Template = new WorkloadTemplate(),
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_running), Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None));
        await Store.DisposeAsync();
        await Placement.DisposeAsync();
        _stop.Dispose();
    }

    private static ByteString Json<T>(T record) => ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(record, DomainJson.Options));

    private static ReplicaObservation Replica(NodeKey node, string id, ReplicaState state) => new()
    {
        Id = new ReplicaId(id),
        Assignment = new AssignmentId($"web.{node.Cluster}.{node.Node}"),
        Workload = WorkloadKey.Parse("default/default/web"),
        Cluster = node.Cluster,
        Node = node.Node,
        Revision = new TemplateRevision("rev"),
        State = state,
        Ports = [new ReplicaPort("http", 4000, PortProtocol.Http)],
    };
}
