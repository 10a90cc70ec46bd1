using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.Placement.Planning;
using Federation.Placement.Status;
using Federation.Placement.Tests.Feeding;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Placement.Tests.Status;

/// <summary>What a person is told of a workload while Health is silent, or while it is not where it was decided.</summary>
public sealed class WorkloadStatusReaderTests
{
    private readonly VirtualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "Health is silent, so nothing is decided; what runs goes on")]
    [InlineData(true, "Health is silent, so nothing is decided; what runs goes on, a singleton as long as its node's lease lasts")]
    public async Task Read_HealthSilent_SaysWhatRunsOnAndForHowLong(bool singleton, string message)
    {
        var workload = new Workload
        {
            Metadata = new ResourceMetadata { Name = "one", Namespace = "shop", Tenant = new("acme"), Uid = "u1", Generation = 1 },
            Spec = new WorkloadSpec { Singleton = singleton, Replicas = 1, Template = new WorkloadTemplate { Process = new ProcessTemplate { Command = "sleep" } } },
        };
        await using IStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        await using HealthFeed health = await HealthFeed.OfAsync(_time, new ReplicaObservation
        {
            Id = new("one-1"),
            Assignment = new("u1.west.n1"),
            Workload = new WorkloadKey(new("acme"), "shop", "one"),
            Cluster = new("west"),
            Node = new NodeId("n1"),
            Revision = new("r1"),
            State = ReplicaState.Ready,
        });
        var material = new FeedFollower("secretstore", new StoreFeed(store, static document => document.Body, _time), [], _time, SecureChance.Instance, NullLogger.Instance);
        var reader = new WorkloadStatusReader(store, health.Follower, material, _time);
        Assert.Equal("no placement has been decided yet", reader.Read(workload).Message);

        await health.SilenceAsync();
        _time.Advance(PlannerLoop.HealthSilence + TimeSpan.FromSeconds(1));

        WorkloadStatus status = reader.Read(workload);
        Assert.Equal(("Progressing", message), (status.Phase, status.Message));
    }

    [Theory]
    [InlineData("west", "n1", "Ready", null)]
    [InlineData("east", "n2", "Progressing", "1 of 1 replicas are ready; west/n1 waits: 1 of 1 replicas are ready and its disruption budget (minAvailable 1) needs 1")]
    public async Task Read_DecidedElsewhereThanItRuns_IsNotReadyAndSaysWhatItWaitsFor(string cluster, string node, string phase, string? message)
    {
        var workload = new Workload
        {
            Metadata = new ResourceMetadata { Name = "one", Namespace = "shop", Tenant = new("acme"), Uid = "u1", Generation = 1 },
            Spec = new WorkloadSpec
            {
                Singleton = true,
                Replicas = 1,
                Disruption = new DisruptionBudget { MinAvailable = 1 },
                Template = new WorkloadTemplate { Process = new ProcessTemplate { Command = "sleep" } },
            },
        };
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        await using IStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        var material = new FeedFollower("secretstore", new StoreFeed(store, static document => document.Body, _time), [], _time, SecureChance.Instance, NullLogger.Instance);
        TemplateRevision revision = ((ResolvedWorkload.Complete)WorkloadResolver.Of(new PlacementState(store.Current), material.Current).Resolve(workload)).Revision;
        var order = new Assignment
        {
            Id = new("u1.west.n1"),
            Workload = key,
            WorkloadUid = "u1",
            Cluster = new("west"),
            Node = new NodeId("n1"),
            Replicas = 1,
            Generation = 1,
            Revision = revision,
            Template = workload.Spec.Template,
        };
        var binding = new Binding { Workload = key, WorkloadUid = "u1", Generation = 1, Revision = revision, Shares = [new(new(cluster), new NodeId(node), 1)] };
        await store.CommitAsync(new StoreTransaction
        {
            Writes =
            [
                PlacementState.Put(Kinds.Workload, key.ToString(), workload), PlacementState.Put(Kinds.Binding, key.ToString(), binding),
                PlacementState.Put(Kinds.Assignment, order.Id.Value, order),
            ],
        }, Ct);
        var replica = new ReplicaObservation
        {
            Id = new("one-1"),
            Assignment = order.Id,
            Workload = key,
            Cluster = order.Cluster,
            Node = order.Node,
            Revision = revision,
            State = ReplicaState.Ready,
        };
        await using HealthFeed health = await HealthFeed.OfAsync(_time,
        [
            PlacementState.Put("ReplicaObservation", replica.Id.Value, replica),
            Ready("west", null), Ready("west", "n1"), Ready("east", null), Ready("east", "n2"),
        ]);

        WorkloadStatus status = new WorkloadStatusReader(store, health.Follower, material, _time).Read(workload);

        Assert.Equal(phase, status.Phase);
        if (message is null) Assert.Null(status.Message);
        else Assert.StartsWith(message, status.Message, StringComparison.Ordinal);
    }

    private static StoreWrite Ready(string cluster, string? node) => PlacementState.Put("Verdict", node is null ? cluster : $"{cluster}/{node}", new Verdict
    {
        Cluster = new(cluster),
        Node = node is null ? null : new NodeId(node),
        State = VerdictState.Ready,
        Revision = 1,
        Reason = "in contact",
    });
}
