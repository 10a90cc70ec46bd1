using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Storage;
using Federation.Storage.Logs;

namespace Federation.Placement.Tests;

/// <summary>A stack starts as a unit: nothing of it runs until every reference resolves.</summary>
public sealed class StackTests : IAsyncLifetime
{
    private static readonly FeedView NoMaterial = new() { Incarnation = "secretstore" };

    private IStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Resolve_ReferenceIsMissing_WaitsForItByName()
    {
        await PutAsync(Web("api", "shop", secret: "db"));
        Assert.Equal("waiting for Secret db, which does not exist in namespace default; apply it", Reason("api"));
        Assert.Empty(Planned());
    }

    [Fact]
    public async Task Resolve_LoginsForTheImageAreMissing_WaitsForThemByName()
    {
        Workload api = Web("api", "shop");
        await PutAsync(api with { Spec = api.Spec with { Template = api.Spec.Template with { ImagePullSecrets = ["regcred"] } } });
        Assert.Equal("waiting for Secret regcred, which does not exist in namespace default; apply it", Reason("api"));
    }

    [Fact]
    public async Task Resolve_MateIsUnresolved_HoldsTheWholeStackAndNobodyElse()
    {
        await PutAsync(Web("api", "shop", policy: "spread"));
        await PutAsync(Web("web", "shop"));
        await PutAsync(Web("other", "blog"));
        await PutAsync(Web("alone", null));
        Assert.StartsWith("held with the stack shop, which starts as a unit: workload api is waiting for PlacementPolicy spread", Reason("web"), StringComparison.Ordinal);
        Assert.Equal(["alone", "other"], Planned());

        await PutAsync(Kinds.PlacementPolicy, "t/default/spread", new PlacementPolicy { Metadata = new() { Name = "spread", Namespace = "default", Tenant = new("t") } });
        Assert.Equal(["alone", "api", "other", "web"], Planned());
    }

    [Fact]
    public async Task Resolve_MateIsUnresolved_WhatRunsGoesOn()
    {
        await PutAsync(Web("web", "shop"));
        Assignment order = PlainOrder.Of(new(new("t"), "default", "web"), "uid-web", new(new("eu"), new("n1")), 1) with { Term = 1 };
        await PutAsync(Kinds.Assignment, order.Id.Value, order);
        await PutAsync(Web("api", "shop", secret: "db"));
        Assert.Equal(["web"], Planned());
    }

    [Fact]
    public async Task Resolve_MateIsBeingRemoved_HoldsNobody()
    {
        Workload api = Web("api", "shop", secret: "db");
        await PutAsync(api with { Metadata = api.Metadata with { DeletionRequestedAt = DateTimeOffset.UnixEpoch } });
        await PutAsync(Web("web", "shop"));
        Assert.Equal(["web"], Planned());
    }

    [Fact]
    public async Task Resolve_VolumeAtTwoPaths_IsOneVolume()
    {
        Workload web = Web("web", null);
        await PutAsync(web = web with { Spec = web.Spec with { Template = web.Spec.Template with { Volumes = [new() { Name = "data", Path = "/data" }, new() { Name = "data", Path = "/more" }] } } });
        await PutAsync(Kinds.Volume, "t/default/data", new Domain.Volumes.Volume { Metadata = new() { Name = "data", Namespace = "default", Tenant = new TenantId("t"), Uid = "uid-data", Generation = 1 } });
        var resolved = Assert.IsType<ResolvedWorkload.Complete>(WorkloadResolver.Of(new PlacementState(_store.Current), NoMaterial).Resolve(web));
        Assert.Equal("data", Assert.Single(resolved.Planned.Volumes).Metadata.Name);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Workload Web(string name, string? stack, string? secret = null, string? policy = null) => new()
    {
        Metadata = new()
        {
            Name = name,
            Namespace = "default",
            Tenant = new TenantId("t"),
            Uid = "uid-" + name,
            Generation = 1,
            Labels = stack is null ? null : new Dictionary<string, string> { [StackLabel.Key] = stack },
        },
        Spec = new() { PlacementPolicy = policy, Template = new() { Image = "web:1", Secrets = secret is null ? null : [new() { Name = secret }] } },
    };

    private Task PutAsync(Workload workload) => PutAsync(Kinds.Workload, $"t/default/{workload.Metadata.Name}", workload);

    private async Task PutAsync<T>(string kind, string key, T record) =>
        Assert.IsType<CommitOutcome.Committed>(await _store.CommitAsync(new StoreTransaction { Writes = [PlacementState.Put(kind, key, record)] }, Ct));

    private string? Reason(string name)
    {
        var state = new PlacementState(_store.Current);
        Workload workload = state.Workload(new(new("t"), "default", name))!;
        return (WorkloadResolver.Of(state, NoMaterial).Resolve(workload) as ResolvedWorkload.Unresolved)?.Reason;
    }

    private string[] Planned()
    {
        var state = new PlacementState(_store.Current);
        PlanInputs inputs = PlanInputs.Collect(state, new ObservedWorld(new FeedView { Incarnation = "health" }), WorkloadResolver.Of(state, NoMaterial), new TolerationClock(TimeProvider.System));
        return [.. inputs.Desired.Workloads.Select(planned => planned.Key.Name).Order(StringComparer.Ordinal)];
    }
}
