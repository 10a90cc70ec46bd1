using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Adapters.Conformance;

/// <summary>Orders are obeyed, once and by the highest term alone, and what runs outlives the adapter.</summary>
public abstract class OrderConformance : AdapterConformance
{
    [Fact]
    public async Task Watch_BeforeAnyOrder_YieldsAFullSetFirst()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        ClusterObservationSet first = await SeeAsync(adapter, static _ => true);
        NodeObservation node = Assert.Single(first.Nodes);
        Assert.Empty(first.Replicas);
        Assert.NotEmpty(node.Capabilities);
    }

    [Fact]
    public async Task Apply_AnOrder_RunsItsReplicasUntilReady()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 1, 5, adapter.Order("web", 2, adapter.Serving("one"), "r1"));
        // They can be ready before all that was ordered is done.
        ClusterObservationSet seen = await SeeAsync(adapter, set => Ready(set, "r1") == 2 && set.Nodes[0].AppliedRevision == 5);
        Assert.Equal(1, seen.Nodes[0].AppliedTerm);
        Assert.All(seen.Replicas, replica => Assert.NotEmpty(replica.Ports));
        Assert.Equal(2, adapter.Processes().Count);
    }

    [Fact]
    public async Task Apply_AnOrderThatNeedsWhatIsNotOffered_StartsNothingAndSaysWhy()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment web = adapter.Order("web", 1, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, web);
        await SeeAsync(adapter, set => Ready(set, "r1") == 1);
        IReadOnlyList<string> before = adapter.Processes();
        // A version that asks for more, though one may be missing meanwhile; and a workload that does from the first.
        var asking = new WorkloadTemplate { Image = "box:1", Container = new ContainerTemplate { GenericResources = [new GenericResource { Kind = "gpu", Count = 1 }] } };
        Assignment next = web with { Template = asking, Revision = new("r2"), Generation = 2, MayBeUnavailable = 1, Surge = 1 };
        await ApplyAsync(adapter, 1, 2, next, adapter.Order("api", 2, asking, "r1"));
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count(static replica => replica.State == ReplicaState.BackOff) == 2);
        Assert.All(seen.Replicas.Where(static replica => replica.State == ReplicaState.BackOff), static replica => Assert.StartsWith("its template needs generic-resources, which this agent does not offer", replica.Message, StringComparison.Ordinal));
        Assert.Equal(1, Ready(seen, "r1"));
        Assert.Equal(before, adapter.Processes());
        // It holds over a death, and ends with the order.
        await adapter.DieAndReturnAsync();
        await SeeAsync(adapter, set => set.Replicas.Count(static replica => replica.State == ReplicaState.BackOff) == 2 && Ready(set, "r1") == 1);
        Assert.Equal(before, adapter.Processes());
        await ApplyAsync(adapter, 1, 3, web with { Generation = 3 });
        await SeeAsync(adapter, set => set.Replicas.Count == 1 && Ready(set, "r1") == 1);
        Assert.Equal(before, adapter.Processes());
    }

    [Fact]
    public async Task Apply_TheSameTwice_ChangesNothing()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 1, 1, adapter.Order("web", 2, adapter.Serving("one"), "r1"));
        await SeeAsync(adapter, set => Ready(set, "r1") == 2);
        IReadOnlyList<string> before = adapter.Processes();
        await ApplyAsync(adapter, 1, 2, adapter.Order("web", 2, adapter.Serving("one"), "r1"));
        await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 2);
        Assert.Equal(before, adapter.Processes());
    }

    [Fact]
    public async Task Apply_LowerTerm_IsRefusedAndChangesNothing()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 7, 1, adapter.Order("web", 1, adapter.Serving("one"), "r1"));
        // One can be ready before all that was ordered is done.
        await SeeAsync(adapter, set => Ready(set, "r1") == 1 && set.Nodes[0].AppliedTerm == 7);
        await Assert.ThrowsAsync<StaleTermException>(() => ApplyAsync(adapter, 6, 2));
        ClusterObservationSet seen = await SeeAsync(adapter, static _ => true);
        Assert.Equal(7, seen.Nodes[0].AppliedTerm);
        Assert.Equal(1, Ready(seen, "r1"));
    }

    [Fact]
    public async Task Apply_LowerTermAfterDeath_IsRefused()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 7, 1);
        await adapter.DieAndReturnAsync();
        await Assert.ThrowsAsync<StaleTermException>(() => ApplyAsync(adapter, 6, 2));
    }

    [Fact]
    public async Task Apply_WithoutAnAssignment_StopsItsReplicasAlone()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment web = adapter.Order("web", 1, adapter.Serving("one"), "r1");
        Assignment api = adapter.Order("api", 1, adapter.Serving("two"), "r2");
        await ApplyAsync(adapter, 1, 1, web, api);
        await SeeAsync(adapter, set => Ready(set, "r1") == 1 && Ready(set, "r2") == 1);
        await ApplyAsync(adapter, 1, 2, api);
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Replicas.Count == 1);
        Assert.Equal(api.Id, seen.Replicas[0].Assignment);
        Assert.Equal(ReplicaState.Ready, seen.Replicas[0].State);
        Assert.Single(adapter.Processes());
    }

    [Fact]
    public async Task Apply_Withdrawn_StopsAndReportsTheEndBesideItsRevision()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 2, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 2);
        await ApplyAsync(adapter, 1, 2, order with { State = AssignmentState.Withdrawn, Replicas = 0 });
        await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count == 0);
        Assert.Empty(adapter.Processes());
    }

    [Theory]
    [InlineData(AssignmentState.Moving)]
    [InlineData(AssignmentState.Unreachable)]
    public async Task Apply_MovingOrUnreachable_KeepsRunning(AssignmentState state)
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("web", 1, adapter.Serving("one"), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        await SeeAsync(adapter, set => Ready(set, "r1") == 1);
        IReadOnlyList<string> before = adapter.Processes();
        await ApplyAsync(adapter, 1, 2, order with { State = state });
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 2);
        Assert.Equal(1, Ready(seen, "r1"));
        Assert.Equal(before, adapter.Processes());
    }

    [Fact]
    public async Task Death_OfTheAdapter_IsNotNoticedByReplicas()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 1, 3, adapter.Order("web", 3, adapter.Serving("one"), "r1"));
        ClusterObservationSet before = await SeeAsync(adapter, set => Ready(set, "r1") == 3);
        IReadOnlyList<string> processes = adapter.Processes();
        await adapter.DieAndReturnAsync();
        // The very first set already has them, ready: a gateway that follows never sees them gone.
        ClusterObservationSet after = await SeeAsync(adapter, static _ => true);
        Assert.Equal(before.Replicas.Select(static replica => (replica.Id, replica.State, replica.Ports[0].Port)), after.Replicas.Select(static replica => (replica.Id, replica.State, replica.Ports[0].Port)));
        await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 3);
        Assert.Equal(processes, adapter.Processes());
    }

    [Fact]
    public async Task Run_AboveItsMemoryLimit_IsEndedAndSaysSo()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        ClusterObservationSet first = await SeeAsync(adapter, static _ => true);
        Assert.SkipUnless(first.Nodes[0].Capabilities.Contains(Capability.MemoryLimit), "this machine cannot enforce memory limits");
        await ApplyAsync(adapter, 1, 1, adapter.Order("greedy", 1, adapter.Greedy, "r1"));
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Replicas.Any(static replica => replica.LastEnd is not null));
        Assert.Equal("killed: above its memory limit of 64Mi", seen.Replicas[0].LastEnd);
    }
}
