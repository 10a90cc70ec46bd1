using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Loops;
using Federation.Placement.Status;
using Federation.Placement.Tests.Feeding;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Placement.Tests.Status;

/// <summary>What a person is told of a workload while Health is silent.</summary>
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
}
