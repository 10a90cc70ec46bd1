using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Recoveries;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Grpc.Streams;
using Federation.Placement.Documents;
using Federation.Placement.Recoveries;
using Federation.Storage;
using Federation.Storage.Logs;
using Google.Protobuf;

namespace Federation.Placement.Tests.Recoveries;

/// <summary>What nodes hold is brought together with a store that was restored or made anew, and nothing that runs is withdrawn by it.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private static readonly NodeKey N1 = new(new("eu"), new("n1"));
    private static readonly NodeKey N2 = new(new("eu"), new("n2"));
    private IStore _store = null!;
    private RecoveryDesk _desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PlacementState State => new(_store.Current);

    public async ValueTask InitializeAsync()
    {
        _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        _desk = new RecoveryDesk(_store, () => new FeedView { Incarnation = "secretstore" }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Take_NodeHasSeenHigherTermAndRevision_StoreIsRaisedAboveThem()
    {
        await BeginAsync(RecoveryOrigin.Backup, N1);
        Assert.True(_desk.Asks(N1));
        await TakeAsync(N1, term: 90, revision: 7_000);
        Assert.False(_desk.Asks(N1));
        Assert.True(_store.Term > 90 && _store.Current.Revision > 7_000);
    }

    [Fact]
    public async Task Take_AllAwaitedHoldWhatTheStoreKnows_FinishesByItself()
    {
        await PutAsync(Web("web", generation: 1), Order("web", N1, 1), Order("web", N2, 1));
        await BeginAsync(RecoveryOrigin.Backup, N1, N2);
        await TakeAsync(N1, orders: [Order("web", N1, 1)]);
        Assert.False(State.Decides);
        Assert.Equal(["eu/n2"], _desk.View().Awaited);
        await TakeAsync(N2, orders: [Order("web", N2, 1)]);
        Assert.True(State.Decides);
        Assert.Equal(2, State.Assignments.Count());
        Assert.Empty(State.All<HeldOrder>(Kinds.HeldOrder));
    }

    [Fact]
    public async Task Finish_FromABackup_WhatItDoesNotKnowIsReportedAndLeftToRun()
    {
        await PutAsync(Web("web", generation: 1), Order("web", N1, 1));
        await BeginAsync(RecoveryOrigin.Backup, N1);
        await TakeAsync(N1, orders: [Order("web", N1, 1), Order("newer", N1, 3)]);
        Assert.False(State.Decides);
        Assert.Contains("Workload t/default/newer: 3 replicas on eu/n1", Assert.Single(_desk.View().Beyond), StringComparison.Ordinal);
        await _desk.FinishAsync(adopt: false, "ann", Ct);
        Assert.True(State.Decides);
        Assert.Null(State.Workload(Key("newer")));
        Assert.Equal("uid-newer.eu.n1", Assert.Single(State.All<HeldOrder>(Kinds.HeldOrder)).Order.Id.Value);
        Assert.Equal("uid-web", Assert.Single(State.Assignments).Order.WorkloadUid);

        await _desk.FinishAsync(adopt: true, "ann", Ct);
        Assert.Equal(3, State.Workload(Key("newer"))!.Spec.Replicas);
        Assert.Equal(2, State.Assignments.Count());
        Assert.Empty(State.All<HeldOrder>(Kinds.HeldOrder));
    }

    [Fact]
    public async Task Finish_NodeHoldsANewerGeneration_ItIsTakenOver()
    {
        await PutAsync(Web("web", generation: 1, replicas: 2), Order("web", N1, 2), Order("web", N2, 1));
        await BeginAsync(RecoveryOrigin.Backup, N1, N2);
        Assignment scaled = Order("web", N1, 4) with { Generation = 5 };
        await TakeAsync(N1, orders: [scaled], documents: [Web("web", generation: 5, replicas: 4)]);
        // Its order there had been ended since: the node is right.
        await TakeAsync(N2);
        Assert.True(State.Decides);
        Assert.Equal((5, 4), (State.Workload(Key("web"))!.Metadata.Generation, State.Workload(Key("web"))!.Spec.Replicas));
        Assert.Equal((4, N1), (Assert.Single(State.Assignments).Order.Replicas, Assert.Single(State.Assignments).Order.NodeKey!.Value));
    }

    [Fact]
    public async Task Finish_FromClusters_EverythingIsRebuiltFromWhatNodesKept()
    {
        await BeginAsync(RecoveryOrigin.Clusters, N1, N2);
        await TakeAsync(N1, orders: [Order("web", N1, 2), Order("bare", N1, 1)], documents: [Web("web", generation: 1, replicas: 3)]);
        await TakeAsync(N2, orders: [Order("web", N2, 1)]);
        Assert.False(State.Decides);
        await _desk.FinishAsync(adopt: false, "ann", Ct);
        Assert.Equal(3, State.Workload(Key("web"))!.Spec.Replicas);
        Assert.Equal("spread", State.Workload(Key("web"))!.Spec.PlacementPolicy);
        Assert.Equal(1, State.Workload(Key("bare"))!.Spec.Replicas);
        Assert.Equal("uid-bare", State.Workload(Key("bare"))!.Metadata.Uid);
        Assert.Equal(3, State.Assignments.Count());
        Assert.All(State.Assignments, placed => Assert.Equal(_store.Term, placed.Order.Term));
        Assert.Contains(_desk.View().Lost, line => line.Contains("t/default/bare", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Take_WorkloadWasDeletedAfterTheEnd_ALaterNodeDoesNotBringItBack()
    {
        await BeginAsync(RecoveryOrigin.Clusters, N1, N2);
        await TakeAsync(N1, orders: [Order("web", N1, 1)], documents: [Web("web", generation: 1)]);
        await _desk.FinishAsync(adopt: false, "ann", Ct);
        Assert.Empty(State.All<HeldDocument>(Kinds.HeldDocument));
        await _store.CommitAsync(new StoreTransaction { Writes = [StoreWrite.Delete(new(Kinds.Workload, "t/default/web")), StoreWrite.Delete(new(Kinds.Assignment, "uid-web.eu.n1"))] }, Ct);
        await TakeAsync(N2);
        Assert.Null(State.Workload(Key("web")));
        Assert.Empty(State.Assignments);
    }

    [Fact]
    public async Task Take_NodeWasDarkUntilAfterTheEnd_ItsOrderReturnsLikeThatOfALostCluster()
    {
        await PutAsync(Web("web", generation: 1), Order("web", N1, 1));
        await BeginAsync(RecoveryOrigin.Backup, N1);
        await TakeAsync(N1, orders: [Order("web", N1, 1)]);
        Assert.True(State.Decides);
        await TakeAsync(N2, orders: [Order("web", N2, 1), Order("unknown", N2, 1)]);
        Assert.Equal(AssignmentState.Unreachable, State.Find<Assignment>(Kinds.Assignment, "uid-web.eu.n2")!.State);
        Assert.Equal("uid-unknown.eu.n2", Assert.Single(State.All<HeldOrder>(Kinds.HeldOrder)).Order.Id.Value);
    }

    [Fact]
    public async Task Take_OrderOfAnotherNode_IsRefused() =>
        await Assert.ThrowsAsync<StreamBrokenException>(async () =>
        {
            await BeginAsync(RecoveryOrigin.Clusters, N1);
            await TakeAsync(N1, orders: [Order("web", N2, 1)]);
        });

    [Fact]
    public async Task Take_DeclarationOfWhatTheNodeDoesNotRun_IsLeftOut()
    {
        await BeginAsync(RecoveryOrigin.Clusters, N1);
        await TakeAsync(N1, orders: [Order("web", N1, 1)], documents: [Web("web", 1), Web("other", 1)]);
        Assert.Equal(["Workload:t/default/web"], State.All<HeldDocument>(Kinds.HeldDocument).Select(held => held.KeptAs));
    }

    private async Task BeginAsync(RecoveryOrigin origin, params NodeKey[] awaited) => await _store.CommitAsync(new StoreTransaction
    {
        Writes =
        [
            PlacementState.Put(Kinds.Recovery, Recovery.Key, new Recovery
            {
                Origin = origin, StartedAt = DateTimeOffset.UnixEpoch, TakenAt = DateTimeOffset.UnixEpoch, Awaited = awaited, Adopt = origin == RecoveryOrigin.Clusters,
            }),
        ],
    }, Ct);

    private async Task PutAsync(Workload workload, params Assignment[] orders) => await _store.CommitAsync(new StoreTransaction
    {
        Writes = [PlacementState.Put(Kinds.Workload, $"t/default/{workload.Metadata.Name}", workload), .. orders.Select(order => PlacementState.Put(Kinds.Assignment, order.Id.Value, order))],
    }, Ct);

    private Task TakeAsync(NodeKey node, long term = 1, long revision = 1, Assignment[]? orders = null, Workload[]? documents = null)
    {
        var inventory = new AgentInventory { Term = term, Revision = revision };
        foreach (Assignment order in orders ?? [])
            inventory.Assignments.Add(new AssignmentOrder { Id = order.Id.Value, AssignmentJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(order, DomainJson.Options)) });
        foreach (Workload workload in documents ?? [])
            inventory.Documents.Add(new KeptDocument { Kind = "Workload", Key = $"t/default/{workload.Metadata.Name}", Json = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(workload, DomainJson.Options)) });
        return _desk.TakeAsync(node, inventory, Ct);
    }

    private static WorkloadKey Key(string name) => new(new("t"), "default", name);

    private static Workload Web(string name, long generation, int replicas = 1) => new()
    {
        Metadata = new ResourceMetadata { Name = name, Tenant = new TenantId("t"), Namespace = "default", Uid = $"uid-{name}", Generation = generation },
        Spec = new WorkloadSpec { Replicas = replicas, PlacementPolicy = "spread", Template = Template },
    };

    private static WorkloadTemplate Template => new() { Process = new ProcessTemplate { Command = "sleep" } };

    private static Assignment Order(string name, NodeKey node, int replicas) => PlainOrder.Of(Key(name), $"uid-{name}", node, replicas) with { Template = Template };
}
