using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using static Federation.Placement.Tests.Dispatching.DispatchSetting;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>Replicas that leave places that are there.</summary>
public class DispatchLeavingTests
{
    [Fact]
    public void Compute_DrainedTarget_StartsSurgeElsewhereBeforeItStops()
    {
        DispatchDecision first = DispatchRules.Compute(Input(Want(("b", 3)), [Order("a", 3)], [Live("a", ready: 3), Live("b")]));
        Assert.Equal(
            [("a", 3, AssignmentState.Moving), ("b", 1, AssignmentState.Active)],
            first.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));

        // Its replacement answers: one may go here, and the next starts there.
        DispatchDecision second = DispatchRules.Compute(Input(Want(("b", 3)),
            [Order("a", 3) with { Order = Order("a", 3).Order with { State = AssignmentState.Moving } }, Order("b", 1)],
            [Live("a", ready: 3), Live("b", ready: 1)]));
        Assert.Equal([("a", 2)], second.Upserts.Select(o => (o.Cluster.Value, o.Replicas)));
    }

    [Fact]
    public void Compute_DrainedSingleton_StopsBeforeItStarts()
    {
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [Live("a", ready: 1), Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Equal([("a", AssignmentState.Withdrawn)], first.Upserts.Select(o => (o.Cluster.Value, o.State)));

        PlacedAssignment withdrawn = new(first.Upserts[0], 20);
        // The observation is older than the withdrawal: it proves nothing.
        Assert.True(DispatchRules.Compute(input with { Assignments = [withdrawn], Targets = [Live("a") with { AppliedRevision = 19 }, Live("b")] }).IsEmpty);
        DispatchDecision last = DispatchRules.Compute(input with { Assignments = [withdrawn], Targets = [Live("a") with { AppliedRevision = 20 }, Live("b")] });
        Assert.Equal([withdrawn.Order.Id], last.Removals);
        Assert.Equal(["b"], last.Upserts.Select(o => o.Cluster.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_DeclaredAsOneAloneOrWithDataWhileItMoves_StopsBeforeItStarts(bool singleton)
    {
        DispatchInput input = Input(Want(("b", 1)), [MovingOrder("a", 1)], [Live("a", ready: 1), Live("b")]) with { HasLocalData = !singleton, Revision = V2 };
        input = input with { Spec = input.Spec with { Singleton = singleton } };
        Assert.Equal([("a", AssignmentState.Withdrawn)], DispatchRules.Compute(input).Upserts.Select(static order => (order.Cluster.Value, order.State)));
    }

    [Fact]
    public void Compute_ScaledDown_LowersAtOnce()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 1)), [Order("a", 3)], [Live("a", ready: 3)]));
        Assert.Equal([1], decision.Upserts.Select(o => o.Replicas));
    }

    [Fact]
    public void Compute_Deleting_WithdrawsAllAndEndsOnlyWithProof()
    {
        DispatchInput input = Input(null, [Order("a", 1), Order("b", 1)], [Live("a", ready: 1), At("b", VerdictState.NotReady)]) with { Deleting = true };
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.All(first.Upserts, order => Assert.Equal((AssignmentState.Withdrawn, 0), (order.State, order.Replicas)));
        PlacedAssignment[] withdrawn = [.. first.Upserts.Select(order => new PlacedAssignment(order, 40))];
        DispatchDecision second = DispatchRules.Compute(input with { Assignments = withdrawn, Targets = [Live("a") with { AppliedRevision = 40 }, At("b", VerdictState.NotReady)] });
        Assert.Equal([withdrawn[0].Order.Id], second.Removals);
        Assert.False(second.WorkloadGone);
        DispatchDecision third = DispatchRules.Compute(input with { Assignments = [withdrawn[1]], Targets = [Live("b") with { AppliedRevision = 41 }] });
        Assert.True(third.WorkloadGone);
    }

    [Fact]
    public void Compute_PlaceWantedAgainWhereAnOrderHasEnded_RemovesItFirst()
    {
        PlacedAssignment ended = Order("a", 0) with { Order = Order("a", 0).Order with { State = AssignmentState.Withdrawn } };
        DispatchInput input = Input(Want(("a", 1)), [ended], [Live("a")]);
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Empty(first.Upserts);
        Assert.Equal(ended.Order.Id, Assert.Single(first.Removals));
        Assert.Equal(1, Assert.Single(DispatchRules.Compute(input with { Assignments = [] }).Upserts).Replicas);
    }

    [Fact]
    public void Compute_DrainedTargetWithoutRoomElsewhere_KeepsWhatRunsAndSaysWhy()
    {
        Binding nowhere = Want(("b", 1)) with { Unplaced = 2 };
        DispatchInput input = Input(nowhere, [Order("a", 3)], [Live("a", ready: 3), Live("b")]);
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Equal([("a", 3, AssignmentState.Moving), ("b", 1, AssignmentState.Active)], first.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));

        // The one that found a place replaces one; the two that found none run on.
        DispatchDecision second = DispatchRules.Compute(input with
        {
            Assignments = [.. first.Upserts.Select(order => new PlacedAssignment(order, 10))],
            Targets = [Live("a", ready: 3), Live("b", ready: 1)],
        });
        Assert.Equal([("a", 2)], second.Upserts.Select(o => (o.Cluster.Value, o.Replicas)));
        DispatchDecision last = DispatchRules.Compute(input with { Assignments = [MovingOrder("a", 2), Order("b", 1)], Targets = [Live("a", ready: 2), Live("b", ready: 1)] });
        Assert.True(last.IsEmpty);
        HeldOrder held = Assert.Single(last.Held);
        Assert.True(held.Blocked);
        Assert.Contains("2 found no place elsewhere", held.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", null, 3)]
    [InlineData("2", null, 2)]
    [InlineData(null, "0", 3)]
    [InlineData(null, "50%", 2)]
    [InlineData(null, "3", 0)]
    public void Compute_DisruptionBudget_IsWhatADrainLeavesReady(string? minAvailable, string? maxUnavailable, int leastReady)
    {
        var budget = new DisruptionBudget { MinAvailable = Share(minAvailable), MaxUnavailable = Share(maxUnavailable) };
        DispatchInput input = Input(Want(("b", 3)), [MovingOrder("a", 3)], [Live("a", ready: 3), At("b", VerdictState.Suspect)]);
        input = input with { Spec = input.Spec with { Disruption = budget } };
        DispatchDecision decision = DispatchRules.Compute(input);
        int left = decision.Upserts.SingleOrDefault(order => order.Cluster.Value == "a")?.Replicas ?? 3;
        Assert.Equal(leastReady, left);
        if (left > 0) Assert.Contains(budget.ToString(), Assert.Single(decision.Held).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_SingletonThatMustStayAvailable_IsNotDrainedAndSaysWhy()
    {
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [Live("a", ready: 1), Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true, Disruption = new DisruptionBudget { MinAvailable = 1 } } };
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.True(decision.IsEmpty);
        Assert.True(Assert.Single(decision.Held).Blocked);
        // A replica that does not answer is no loss.
        Assert.Single(DispatchRules.Compute(input with { Targets = [Live("a"), Live("b")] }).Upserts);
    }

    // What it began before it heard of the next is not seen yet: its room is not free.
    [Theory]
    [InlineData(9, 3)] // the order before is not obeyed either
    [InlineData(10, 2)]
    public void Compute_OrderEnds_SaysWhatMayStillRun(long applied, int left)
    {
        PlacedAssignment order = Order("a", 2) with { Order = Order("a", 2).Order with { MayStillRun = 3 } };
        DispatchInput input = Input(Want(("b", 2)), [order], [Live("a") with { AppliedRevision = applied }, Live("b", ready: 2)]);
        DispatchDecision moving = DispatchRules.Compute(input);
        Assignment ended = Assert.Single(moving.Upserts, o => o.Cluster.Value == "a");
        Assert.Equal((AssignmentState.Withdrawn, 0, left), (ended.State, ended.Replicas, ended.MayStillRun));
        Assert.Equal(0, Assert.Single(moving.Upserts, o => o.Cluster.Value == "b").MayStillRun);
    }
}
