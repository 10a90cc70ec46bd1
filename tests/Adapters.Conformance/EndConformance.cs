using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Adapters.Conformance;

/// <summary>What is to end runs once to its end: how it ended is told, and kept, and nothing begins it again that was not asked to.</summary>
public abstract class EndConformance : AdapterConformance
{
    [Fact]
    public async Task End_WithExitCode0_OutlivesTheAdapterAndIsNotBegunAgain()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assert.Contains(Capability.Jobs, OfferedBy(await SeeAsync(adapter, static _ => true)));
        Assignment order = adapter.Order("report", 2, adapter.Ending(0, new RestartPolicy { Condition = RestartCondition.OnFailure }), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        ClusterObservationSet seen = await SeeAsync(adapter, static set => Ended(set, succeeded: true) == 2);
        Assert.All(seen.Replicas, static replica => Assert.Equal(("exit code 0", 0), (replica.LastEnd, replica.Restarts)));
        Assert.Empty(adapter.Processes());
        string[] before = Ids(seen);
        await adapter.DieAndReturnAsync();
        ClusterObservationSet after = await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 1);
        Assert.Equal(2, Ended(after, succeeded: true));
        Assert.Equal(before, Ids(after));
        // One more is run; those that have ended stay as they are.
        await ApplyAsync(adapter, 1, 2, order with { Replicas = 3 });
        seen = await SeeAsync(adapter, set => Ended(set, succeeded: true) == 3 && set.Replicas.Count == 3);
        Assert.Empty(before.Except(Ids(seen)));
        await ApplyAsync(adapter, 1, 3, order with { Replicas = 3, Completed = true });
        seen = await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 3);
        Assert.Equal((3, 3), (Ended(seen, succeeded: true), seen.Replicas.Count));
        await ApplyAsync(adapter, 1, 4, order with { State = AssignmentState.Withdrawn, Replicas = 0 });
        await SeeAsync(adapter, static set => set.Nodes[0].AppliedRevision == 4 && set.Replicas.Count == 0);
    }

    [Fact]
    public async Task End_WithAFailure_IsToldAndFinalWhereThePolicySaysNever()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        Assignment order = adapter.Order("report", 1, adapter.Ending(3, new RestartPolicy { Condition = RestartCondition.Never }), "r1");
        await ApplyAsync(adapter, 1, 1, order);
        ClusterObservationSet seen = await SeeAsync(adapter, static set => Ended(set, succeeded: false) == 1);
        Assert.StartsWith("exit code 3", seen.Replicas[0].LastEnd, StringComparison.Ordinal);
        string[] before = Ids(seen);
        await adapter.DieAndReturnAsync();
        Assert.Equal(before, Ids(await SeeAsync(adapter, static set => Ended(set, succeeded: false) == 1)));
        // Another revision runs in its place, whatever became of the one before.
        await ApplyAsync(adapter, 1, 2, order with { Revision = new("r2"), Template = adapter.Ending(0, new RestartPolicy { Condition = RestartCondition.Never }), Generation = 2, Surge = 1 });
        seen = await SeeAsync(adapter, static set => set.Replicas.Count == 1 && set.Replicas[0].Revision.Value == "r2" && Ended(set, succeeded: true) == 1);
        Assert.DoesNotContain(before[0], Ids(seen));
    }

    [Fact]
    public async Task End_WithFailuresAlone_IsTriedAgainAsOftenAsThePolicySays()
    {
        await using AdapterUnderTest adapter = await OpenAsync();
        await ApplyAsync(adapter, 1, 1, adapter.Order("report", 1, adapter.Ending(3, new RestartPolicy { Condition = RestartCondition.OnFailure, BackoffSeconds = 0.1, MaxAttempts = 1 }), "r1"));
        ClusterObservationSet seen = await SeeAsync(adapter, static set =>
        {
            Assert.All(set.Replicas, static replica => Assert.True(replica.Restarts <= 1));
            return Ended(set, succeeded: false) == 1;
        });
        Assert.Equal(1, seen.Replicas[0].Restarts);
        Assert.StartsWith("exit code 3", seen.Replicas[0].LastEnd, StringComparison.Ordinal);
        Assert.Empty(adapter.Processes());
    }

    private static IReadOnlyList<string> OfferedBy(ClusterObservationSet set) => set.Nodes[0].Capabilities.Contains(Capability.Process) ? [Capability.Jobs] : set.Nodes[0].Capabilities;

    private static int Ended(ClusterObservationSet set, bool succeeded) => set.Replicas.Count(replica => replica.State == ReplicaState.Ended && replica.Succeeded == succeeded);

    private static string[] Ids(ClusterObservationSet set) => [.. set.Replicas.Select(static replica => replica.Id.Value).Order(StringComparer.Ordinal)];
}
