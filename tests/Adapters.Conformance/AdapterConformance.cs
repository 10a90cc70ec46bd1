using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;

namespace Adapters.Conformance;

/// <summary>What every adapter must do, whatever it drives. A kind's own tests derive from this with the real thing.</summary>
public abstract class AdapterConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected abstract Task<AdapterUnderTest> OpenAsync();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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
        ClusterObservationSet seen = await SeeAsync(adapter, set => Ready(set, "r1") == 2);
        Assert.Equal(5, seen.Nodes[0].AppliedRevision);
        Assert.Equal(1, seen.Nodes[0].AppliedTerm);
        Assert.All(seen.Replicas, replica => Assert.NotEmpty(replica.Ports));
        Assert.Equal(2, adapter.Processes().Count);
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
        await SeeAsync(adapter, set => Ready(set, "r1") == 1);
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
        Assert.Equal(3, after.Nodes[0].AppliedRevision);
        Assert.Equal(processes, adapter.Processes());
    }

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

    protected static Task ApplyAsync(AdapterUnderTest adapter, long term, long revision, params Assignment[] orders) =>
        adapter.Actuator.ApplyAsync([.. orders.Select(static order => new DesiredAssignment(order, []))], term, revision, Cancelled);

    /// <summary>Follows the observations until one satisfies the predicate, which may assert on each on the way.</summary>
    protected static async Task<ClusterObservationSet> SeeAsync(AdapterUnderTest adapter, Func<ClusterObservationSet, bool> predicate)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        ClusterObservationSet? last = null;
        await foreach (ClusterObservationSet set in adapter.Observer.WatchAsync(limit.Token))
        {
            last = set;
            if (predicate(set)) return set;
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {string.Join("; ", last?.Replicas.Select(static replica => $"{replica.Id} {replica.Revision} {replica.State} {replica.Message} {replica.LastEnd}") ?? [])}");
    }

    protected static int Ready(ClusterObservationSet set, string revision) =>
        set.Replicas.Count(replica => replica.State == ReplicaState.Ready && replica.Revision.Value == revision);
}
