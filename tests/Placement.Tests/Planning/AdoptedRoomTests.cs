using Federation.Domain.Chance;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Placement.Tests.Feeding;
using Federation.Scheduling;
using Federation.Storage;
using Federation.Storage.Logs;

namespace Federation.Placement.Tests.Planning;

/// <summary>What a service takes where it runs already is its workload's room.</summary>
public sealed class AdoptedRoomTests : IAsyncLifetime
{
    private IStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    // Of 1000 m others take 800 m: all of it is the service's own, or none.
    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 1)]
    public async Task Plan_OfAServiceThatRunsThere_FindsTheRoomThatItTakes(bool adopted, int placed)
    {
        await PutAsync(Kinds.Cluster, "north", new Cluster
        {
            Metadata = new() { Name = "north", Tenant = new("system") },
            Spec = new ClusterSpec { Kind = ClusterKind.Swarm, Adoptions = adopted ? [new Adoption { Service = "shop_web", Workload = new(new("t"), "default", "web") }] : null },
        });
        await PutAsync(Kinds.Workload, "t/default/web", new Workload
        {
            Metadata = new() { Name = "web", Namespace = "default", Tenant = new("t"), Uid = "uid-web", Generation = 1 },
            Spec = new WorkloadSpec { Replicas = 4, Template = new WorkloadTemplate { Image = "web:1", Resources = new ResourceRequirements { Cpu = new CpuMillis(200) } } },
        });
        await using HealthFeed health = await HealthFeed.OfAsync(TimeProvider.System,
        [
            PlacementState.Put("NodeObservation", "north/manager", new NodeObservation
            {
                Cluster = new("north"), Node = new("manager"), Allocatable = new ResourceAmount(new(1000), new(1 << 30)), Foreign = new ResourceAmount(new(800), default), Capabilities = [Capability.Image],
            }),
            PlacementState.Put("Verdict", "north", new Verdict { Cluster = new("north"), State = VerdictState.Ready, Revision = 1, Reason = "test" }),
            PlacementState.Put("Verdict", "north/manager", new Verdict { Cluster = new("north"), Node = new("manager"), State = VerdictState.Ready, Revision = 1, Reason = "test" }),
        ]);
        var state = new PlacementState(_store.Current);
        PlanInputs inputs = PlanInputs.Collect(
            state, new ObservedWorld(health.Follower.Current), WorkloadResolver.Of(state, new FeedView { Incarnation = "secretstore" }), new TolerationClock(TimeProvider.System));
        Assert.Equal(placed, Assert.Single(PlacementPlanner.Compute(inputs.Desired, inputs.Observed).Bindings).Shares.Sum(static share => share.Replicas));
    }

    private async Task PutAsync<T>(string kind, string key, T record) =>
        Assert.IsType<CommitOutcome.Committed>(await _store.CommitAsync(new StoreTransaction { Writes = [PlacementState.Put(kind, key, record)] }, Ct));
}
