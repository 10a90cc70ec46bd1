using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;

namespace Adapters.Conformance;

/// <summary>A new revision and a smaller number take away nothing that is needed.</summary>
public abstract class RevisionConformance : AdapterConformance
{
    [Fact]
    public async Task Apply_NewRevisionWithSurge_NeverHasFewerReadyNorMoreThanTheSurge()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 2, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 2);
        await ApplyAsync(adapter, 1, 2, order with { Template = adapter.Serving("two"), Revision = new("r2"), Surge = 1, Generation = 2 });
        await SeeAsync(adapter, set =>
        {
            Assert.True(set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) >= 2, "a ready replica was given up before its successor was ready");
            Assert.True(set.Replicas.Count(static replica => replica.Running) <= 3, "more ran than replicas and surge");
            return Ready(set, "r2") == 2 && set.Replicas.Count == 2;
        });
    }

    [Fact]
    public async Task Apply_NewRevisionThatIsNeverReady_KeepsTheOldOne()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 1, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 1);
        await ApplyAsync(adapter, 1, 2, order with { Template = adapter.NeverReady("two"), Revision = new("r2"), Surge = 1, Generation = 2 });
        await SeeAsync(adapter, static set => set.Replicas.Any(static replica => replica.Revision.Value == "r2" && replica.State == ReplicaState.Starting && replica.Message is not null));
        ClusterObservationSet seen = await SeeAsync(adapter, static _ => true);
        Assert.Equal(1, Ready(seen, "r1"));
        // And back: the failed one goes, the old one stays as it was.
        await ApplyAsync(adapter, 1, 3, order with { Generation = 3 });
        seen = await SeeAsync(adapter, static set => set.Replicas.Count == 1);
        Assert.Equal(1, Ready(seen, "r1"));
    }

    [Fact]
    public async Task Apply_NewRevisionWithoutRoom_WaitsForIt()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 1, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 1);
        Assignment next = order with { Template = adapter.Serving("two"), Revision = new("r2"), Generation = 2 };
        await ApplyAsync(adapter, 1, 2, next);
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 2);
        Assert.Equal(1, Ready(seen, "r1"));
        await ApplyAsync(adapter, 1, 3, next with { MayBeUnavailable = 1 });
        await SeeAsync(adapter, set =>
        {
            Assert.True(set.Replicas.Count(static replica => replica.Running) <= 1, "two ran where one may");
            return Ready(set, "r2") == 1;
        });
    }

    [Fact]
    public async Task Apply_FewerReplicas_DrainsBeforeItStops()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 3, adapter.Serving("one") with { DrainSeconds = 1 }, "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 3);
        await ApplyAsync(adapter, 1, 2, order with { Replicas = 1 });
        ClusterObservationSet draining = await SeeAsync(adapter, static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Draining) == 2);
        Assert.Equal(3, adapter.Processes().Count);
        Assert.Equal(1, Ready(draining, "r1"));
        await SeeAsync(adapter, static set => set.Replicas.Count == 1);
        Assert.Single(adapter.Processes());
    }
}
