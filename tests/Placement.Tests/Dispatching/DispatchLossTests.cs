using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using static Federation.Placement.Tests.Dispatching.DispatchSetting;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>Places that are lost, return, or are given up by a person.</summary>
public class DispatchLossTests
{
    [Fact]
    public void Compute_LostTargetLeftByTheBinding_BecomesUnreachableAndIsReplaced()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("b", 2)), [Order("a", 2)], [At("a", VerdictState.NotReady), Live("b")]));
        Assert.Equal(
            [("a", AssignmentState.Unreachable), ("b", AssignmentState.Active)],
            decision.Upserts.Select(o => (o.Cluster.Value, o.State)));
        Assert.Equal(5, decision.Upserts[0].VerdictRevision);
    }

    [Fact]
    public void Compute_LostTargetStillInTheBinding_IsLeftAlone()
    {
        Assert.True(DispatchRules.Compute(Input(Want(("a", 2)), [Order("a", 2)], [At("a", VerdictState.NotReady)])).IsEmpty);
    }

    [Fact]
    public void Compute_LostSingletonWithoutEndedLease_Stays()
    {
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [At("a", VerdictState.NotReady) with { CanFence = true }, Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        Assert.True(DispatchRules.Compute(input).IsEmpty);
    }

    [Fact]
    public void Compute_LostSingletonFenced_StartsElsewhere()
    {
        TargetView lost = At("a", VerdictState.NotReady, leaseEnded: true) with { CanFence = true };
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [lost, Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        Assert.Equal(
            [("a", AssignmentState.Unreachable), ("b", AssignmentState.Active)],
            DispatchRules.Compute(input).Upserts.Select(o => (o.Cluster.Value, o.State)));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void Compute_SingletonWantedAgainWhereItWasLost_StartsThereOnlyWhenItsSuccessorHasEnded(string returned, string successor)
    {
        // Whichever of the two is looked at first.
        DispatchInput input = Input(Want((returned, 1)), [Unreachable(returned, 1), Order(successor, 1)], [Live(returned), Live(successor, ready: 1)]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.Equal(
            [(returned, 0, AssignmentState.Active), (successor, 0, AssignmentState.Withdrawn)],
            decision.Upserts.OrderBy(o => o.Cluster.Value == successor).Select(o => (o.Cluster.Value, o.Replicas, o.State)));

        // Told to stop in the step before, and not yet heard to have ended.
        PlacedAssignment stopping = Order(successor, 0) with { Order = Order(successor, 0).Order with { State = AssignmentState.Withdrawn } };
        decision = DispatchRules.Compute(input with { Assignments = [Unreachable(returned, 1), stopping] });
        Assert.Equal((returned, 0, AssignmentState.Active), Assert.Single(decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State))));

        decision = DispatchRules.Compute(input with { Assignments = [Order(returned, 0), stopping], Targets = [Live(returned), Live(successor)] });
        Assert.Equal((returned, 1, AssignmentState.Active), Assert.Single(decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State))));
    }

    [Fact]
    public void Compute_ReturnedTarget_EndsItsSurplusOnlyWhenTheReplacementsAreReady()
    {
        PlacedAssignment unreachable = Order("a", 2) with { Order = Order("a", 2).Order with { State = AssignmentState.Unreachable } };
        Assert.True(DispatchRules.Compute(Input(Want(("b", 2)), [unreachable, Order("b", 2)], [Live("a", ready: 2), Live("b", ready: 1)])).IsEmpty);
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("b", 2)), [unreachable, Order("b", 2)], [Live("a", ready: 2), Live("b", ready: 2)]));
        Assert.Equal([("a", AssignmentState.Withdrawn)], decision.Upserts.Select(o => (o.Cluster.Value, o.State)));
    }

    [Fact]
    public void Compute_ReturnedTargetThatIsWantedAgain_KeepsAllThatAnswersThere()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 3)), [Unreachable("a", 3), Order("b", 1), Order("c", 2)], [Live("a", ready: 3), Live("b", ready: 1), Live("c", ready: 2)]));
        Assert.Equal(
            [("a", 3, AssignmentState.Active), ("b", 0, AssignmentState.Withdrawn), ("c", 0, AssignmentState.Withdrawn)],
            decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));
    }

    [Fact]
    public void Compute_ReturnedTargetWantedAgainWhileOthersAreMissing_WaitsAndIsAskedForNoFewer()
    {
        UpdateStrategy noSurge = new() { MaxSurge = 0, MaxUnavailable = 1 };
        DispatchInput input = Input(
            Want(("a", 2), ("c", 2)), [Unreachable("a", 2), MovingOrder("b", 2), Order("c", 2)], [Live("a", ready: 2), Live("b", ready: 2), Live("c")]);
        input = input with { Spec = input.Spec with { Update = noSurge } };
        Assert.True(DispatchRules.Compute(input).IsEmpty);

        DispatchDecision decision = DispatchRules.Compute(input with { Targets = [Live("a", ready: 2), Live("b", ready: 2), Live("c", ready: 2)] });
        Assert.Equal(
            [("a", 2, AssignmentState.Active), ("b", 0, AssignmentState.Withdrawn)],
            decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));
    }

    [Fact]
    public void Compute_ReturnedTargetWantedForFewer_GivesUpTheRestOnlyWhenTheOthersAreReady()
    {
        DispatchInput input = Input(Want(("a", 1), ("b", 2)), [Unreachable("a", 3), Order("b", 2)], [Live("a", ready: 3), Live("b")]);
        Assert.True(DispatchRules.Compute(input).IsEmpty);
        DispatchDecision decision = DispatchRules.Compute(input with { Targets = [Live("a", ready: 3), Live("b", ready: 2)] });
        Assert.Equal([("a", 1, AssignmentState.Active)], decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));
    }

    [Fact]
    public void Compute_ReturnedTargetWithNothingReady_StartsWithWhatMayRunBesideItsReplacements()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 3)), [Unreachable("a", 3), MovingOrder("b", 3)], [Live("a"), Live("b", ready: 3)]));
        Assert.Equal([("a", 1, AssignmentState.Active)], decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));
    }

    [Fact]
    public void Compute_OrderThatCameBackWithoutRoomAndIsNoMoreWanted_Ends()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("b", 3)), [MovingOrder("a", 0), Order("b", 3)], [Live("a"), Live("b", ready: 3)]));
        Assert.Equal(("a", 0, AssignmentState.Withdrawn), Assert.Single(decision.Upserts.Select(order => (order.Cluster.Value, order.Replicas, order.State))));
    }

    [Fact]
    public void Compute_SingletonsPlaceConfirmedLost_IsToldToStopAndStartsElsewhere()
    {
        TargetView lost = At("a", VerdictState.NotReady) with { ConfirmedLost = true };
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [lost, Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.Equal([("a", AssignmentState.Withdrawn), ("b", AssignmentState.Active)], decision.Upserts.Select(o => (o.Cluster.Value, o.State)));
        Assert.Equal(5, decision.Upserts[0].VerdictRevision);
    }

    [Fact]
    public void Compute_ConfirmedLostPlaceIsHeardBeforeTheSuccessorStarted_ConfirmsItsEndFirst()
    {
        PlacedAssignment withdrawn = Order("a", 0) with { Order = Order("a", 0).Order with { State = AssignmentState.Withdrawn } };
        DispatchInput input = Input(Want(("b", 1)), [withdrawn], [Live("a", ready: 1) with { ConfirmedLost = true }, Live("b")]);
        input = input with { Spec = input.Spec with { Singleton = true } };
        Assert.True(DispatchRules.Compute(input).IsEmpty);
        DispatchDecision ended = DispatchRules.Compute(input with { Targets = [Live("a") with { ConfirmedLost = true }, Live("b")] });
        Assert.Equal([withdrawn.Order.Id], ended.Removals);
        Assert.Equal(["b"], ended.Upserts.Select(o => o.Cluster.Value));
    }

    [Fact]
    public void Compute_ConfirmationTakenBackBeforeTheSuccessorStarted_StartsNone()
    {
        PlacedAssignment withdrawn = Order("a", 0) with { Order = Order("a", 0).Order with { State = AssignmentState.Withdrawn } };
        DispatchInput input = Input(Want(("b", 1)), [withdrawn], [At("a", VerdictState.NotReady), Live("b")]);
        Assert.True(DispatchRules.Compute(input with { Spec = input.Spec with { Singleton = true } }).IsEmpty);
    }

    [Fact]
    public void Compute_StatelessPlaceConfirmedLost_IsUnreachableAndReplaced()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(
            Want(("b", 2)), [Order("a", 2)], [At("a", VerdictState.Unknown) with { ConfirmedLost = true }, Live("b")]));
        Assert.Equal([("a", AssignmentState.Unreachable), ("b", AssignmentState.Active)], decision.Upserts.Select(o => (o.Cluster.Value, o.State)));
    }

    [Theory]
    [InlineData(0, true)] // it was booted: nothing of it runs, and its room is waited for
    [InlineData(1, false)]
    public void Compute_ReturnedUnwantedWhileOneFindsNoPlace_EndsOnlyWhatRunsNoMore(int ready, bool ends)
    {
        PlacedAssignment gone = Order("a", 1) with { Order = Order("a", 1).Order with { State = AssignmentState.Unreachable } };
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("b", 1)) with { Unplaced = 1 }, [gone, Order("b", 1)], [Live("a", ready), Live("b", ready: 1)]));
        Assert.Equal(ends, decision.Upserts.Any(order => order.State == AssignmentState.Withdrawn));
        Assert.Equal(!ends, decision.Held.Any(static held => held.Blocked));
    }

    [Theory]
    [InlineData(ReplicaState.Ended, 0, AssignmentState.Withdrawn)]
    [InlineData(ReplicaState.BackOff, 1, AssignmentState.Unreachable)] // it crashed, and runs again in a moment
    [InlineData(ReplicaState.BackOff, 2, AssignmentState.Withdrawn)] // it crashes time and again: nobody is served by it
    [InlineData(ReplicaState.Ready, 2, AssignmentState.Unreachable)] // it did, and serves now
    public void Compute_ReturnedUnwantedWhoseOnlyReplicaDoesNotRun_IsWithdrawnWhereItWillNot(ReplicaState state, int restarts, AssignmentState then)
    {
        TargetView target = Live("a", ready: 1);
        target = target with { Replicas = [.. target.Replicas.Select(replica => replica with { State = state, Restarts = restarts })] };
        DispatchInput input = Input(Want(("b", 1)), [Unreachable("a", 1), Order("b", 1)], [target, Live("b", ready: 0)]);
        Assert.Equal(then, (DispatchRules.Compute(input).Upserts.SingleOrDefault(static order => order.Cluster.Value == "a") ?? input.Assignments[0].Order).State);
    }

    [Theory]
    [InlineData(ReplicaState.Ended, 2)]
    [InlineData(ReplicaState.BackOff, 3)] // it crashed, and runs again in a moment: nothing is given up for it
    public void Compute_ReturnedUnwantedOfWhichOneDoesNotRun_KeepsRoomForWhatWillRun(ReplicaState state, int kept)
    {
        TargetView target = Live("a", ready: 3);
        target = target with { Replicas = [.. target.Replicas.Select((replica, i) => i == 0 ? replica with { State = state } : replica)] };
        DispatchInput input = Input(Want(("b", 1)) with { Unplaced = 3 }, [Unreachable("a", 3), Order("b", 1)], [target, Live("b", ready: 1)]);
        Assignment order = DispatchRules.Compute(input).Upserts.SingleOrDefault() ?? input.Assignments[0].Order;
        Assert.Equal(("a", kept, AssignmentState.Unreachable), (order.Cluster.Value, order.Replicas, order.State));
    }

    [Fact]
    public void Compute_ReturnedUnwantedWhoseReplacementsAreOnTheirWay_TellsWhatItWaitsForAndHoldsNobodyElseUp()
    {
        DispatchInput input = Input(Want(("b", 2)), [Unreachable("a", 2), Order("b", 2)], [Live("a", ready: 2), Live("b", ready: 1)]);
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.Empty(decision.Upserts);
        HeldOrder held = Assert.Single(decision.Held);
        Assert.Equal((false, "it is back, and runs on until its replacements are ready: 1 of 2 are"), (held.Blocked, held.Reason));
    }
}
