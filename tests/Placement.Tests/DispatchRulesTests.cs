using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Tests;

public class DispatchRulesTests
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/default/web");
    private static readonly TemplateRevision V1 = new("v1"), V2 = new("v2");

    [Fact]
    public void Compute_NewBinding_OrdersEveryShareAtOnce()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 2), ("b", 1)), [], [Live("a"), Live("b")]));
        Assert.Equal([("a", 2), ("b", 1)], decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas)));
        Assert.All(decision.Upserts, order => Assert.Equal(7, order.Term));
    }

    [Fact]
    public void Compute_TargetNotReady_WaitsWithItsShare()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 2), ("b", 1)), [], [Live("a"), At("b", VerdictState.Suspect)]));
        Assert.Equal([("a", 2)], decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas)));
    }

    [Fact]
    public void Compute_UnchangedWorld_IsEmpty()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 2)), [Order("a", 2)], [Live("a", ready: 2)]));
        Assert.True(decision.IsEmpty);
    }

    [Fact]
    public void Compute_AllEndedByDesign_IsCompletedOnceAndThenRest()
    {
        TargetView ended = Ended("a", true, true);
        DispatchInput input = Ending(Input(Want(("a", 2)), [Order("a", 2)], [ended]));
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.True(decision is { Completed: true, RolledOut: true } && decision.Upserts.Count == 0);
        Assert.True(Assert.Single(DispatchRules.Compute(input with { Completed = true }).Upserts).Completed);
        PlacedAssignment done = Order("a", 2);
        done = done with { Order = done.Order with { Completed = true } };
        DispatchDecision rest = DispatchRules.Compute(input with { Completed = true, Assignments = [done], Targets = [At("a", VerdictState.NotReady)] });
        Assert.True(rest.IsEmpty && !rest.Completed);
        // Declared anew it runs again.
        Assert.False(Assert.Single(DispatchRules.Compute(input with { Assignments = [done] }).Upserts).Completed);
    }

    [Theory]
    [InlineData(RestartCondition.Never, true, false)] // one of two failed
    [InlineData(RestartCondition.OnFailure, true, false)]
    [InlineData(RestartCondition.Always, true, true)] // an end is no end by design
    public void Compute_NotAllEndedByDesign_IsNotCompleted(RestartCondition condition, bool first, bool second)
    {
        DispatchInput input = Input(Want(("a", 2)), [Order("a", 2)], [Ended("a", first, second)]);
        Assert.False(DispatchRules.Compute(Ending(input, condition)).Completed);
    }

    [Fact]
    public void Compute_EndedWhereContactIsLost_IsNotCompleted() =>
        Assert.False(DispatchRules.Compute(Ending(Input(Want(("a", 1)), [Order("a", 1)], [Ended("a", true) with { Verdict = At("a", VerdictState.Suspect).Verdict }]))).Completed);

    [Fact]
    public void Compute_BindingOfAnOlderGeneration_ChangesNothing()
    {
        DispatchInput input = Input(Want(("b", 2)), [Order("a", 2)], [Live("a", ready: 2), Live("b")]);
        Assert.True(DispatchRules.Compute(input with { Generation = 2 }).IsEmpty);
    }

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
            Want(("a", 2), ("c", 2)), [Unreachable("a", 2), Moving("b", 2), Order("c", 2)], [Live("a", ready: 2), Live("b", ready: 2), Live("c")]);
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
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 3)), [Unreachable("a", 3), Moving("b", 3)], [Live("a"), Live("b", ready: 3)]));
        Assert.Equal([("a", 1, AssignmentState.Active)], decision.Upserts.Select(o => (o.Cluster.Value, o.Replicas, o.State)));
    }

    [Fact]
    public void Compute_NewRevision_GoesToOneTargetAtATime()
    {
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [Order("a", 1), Order("b", 1)], [Live("a", ready: 1), Live("b", ready: 1)]) with { Revision = V2 };
        DispatchDecision first = DispatchRules.Compute(input);
        Assignment updating = Assert.Single(first.Upserts);
        Assert.Equal(("a", V2, 1), (updating.Cluster.Value, updating.Revision, updating.Surge));

        // Not there yet: the next one waits.
        DispatchInput waiting = input with { Assignments = [new(updating, 30), Order("b", 1)] };
        Assert.True(DispatchRules.Compute(waiting).IsEmpty);

        TargetView done = Live("a", ready: 1, revision: V2) with { AppliedRevision = 30 };
        DispatchDecision next = DispatchRules.Compute(waiting with { Targets = [done, Live("b", ready: 1)] });
        Assert.Equal([("a", 0), ("b", 1)], next.Upserts.Select(o => (o.Cluster.Value, o.Surge)));
    }

    [Fact]
    public void Compute_OrderThatCameBackInTheMiddleOfARollout_GetsItsSurgeAgain()
    {
        PlacedAssignment order = Order("a", 2) with { Order = Order("a", 2).Order with { Revision = V2 } };
        TargetView half = Live("a", ready: 1, revision: V2);
        half = half with { Replicas = [.. half.Replicas, .. Live("a", ready: 2).Replicas.Skip(1)] };
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 2)), [order], [half]) with { Revision = V2 });
        Assert.Equal([(V2, 1)], decision.Upserts.Select(o => (o.Revision, o.Surge)));
    }

    [Fact]
    public void Compute_RolloutUndoneInItsMiddle_GoesOnWithTheOrderThatHoldsTheSurge()
    {
        TemplateRevision v3 = new("v3");
        PlacedAssignment done = Order("a", 1), half = Order("b", 1);
        done = done with { Order = done.Order with { Revision = V2 } };
        half = half with { Order = half.Order with { Revision = V2, Surge = 1 } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [done, half], [Live("a", ready: 1, V2), Live("b", ready: 1, V2)]) with { Revision = v3 };

        DispatchDecision decision = DispatchRules.Compute(input);

        Assert.Equal([("b", v3, 1)], decision.Upserts.Select(o => (o.Cluster.Value, o.Revision, o.Surge)));
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

    // Where nothing more is to be replaced there, the grant has done its work; the revision has not proven itself yet.
    [Fact]
    public void Compute_TrialReadyAndNotProven_IsTriedNowhereElse()
    {
        PlacedAssignment tried = Order("a", 1) with { Order = Order("a", 1).Order with { Revision = V2, Trial = true, MayBeUnavailable = 1 } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [tried, Order("b", 1)], [Live("a", ready: 1, V2), Live("b", ready: 1)]);
        var established = new RolloutVersion(1, V1, new WorkloadTemplate());
        input = input with
        {
            Revision = V2,
            Fallback = established,
            Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 0, MaxUnavailable = 1 } },
        };
        Assert.DoesNotContain(DispatchRules.Compute(input).Upserts, order => order.Cluster.Value == "b");
        DispatchDecision proven = DispatchRules.Compute(input with { Proven = new HashSet<AssignmentId> { tried.Order.Id } });
        Assert.False(Assert.Single(proven.Upserts).Trial);
    }

    // The plan places the declared template, which lets go of the volume; what ran before it has its data on a, and starts nowhere else.
    [Fact]
    public void Compute_FallbackWithAVolume_StartsNoOrderElsewhere()
    {
        var established = new RolloutVersion(1, V1, new WorkloadTemplate { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] });
        PlacedAssignment tried = Order("a", 2) with { Order = Order("a", 2).Order with { Revision = V2, Trial = true } };
        DispatchInput input = Input(Want(("a", 2), ("b", 1)), [tried], [Live("a", ready: 2, V2), Live("b")]) with { Revision = V2, Fallback = established };
        Assert.DoesNotContain(DispatchRules.Compute(input).Upserts, order => order.Cluster.Value == "b");
        PlacedAssignment proven = tried with { Order = tried.Order with { Trial = false } };
        Assignment elsewhere = Assert.Single(DispatchRules.Compute(input with { Assignments = [proven] }).Upserts, order => order.Cluster.Value == "b");
        Assert.Equal((V2, true), (elsewhere.Revision, elsewhere.Trial));
        Assert.Null(elsewhere.Template.Volumes);
    }

    // A failed template is undone within its generation: until the plan knows, its places are those of the other template, and what runs now has its data elsewhere.
    [Fact]
    public void Compute_BindingOfAnotherRevision_OrdersNothing()
    {
        DispatchInput input = Input(Want(("a", 1), ("b", 2)) with { Revision = V2 }, [Order("a", 1)], [Live("a", ready: 1), Live("b")]) with { HasLocalData = true };
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.True(decision is { IsEmpty: true, RolledOut: false });
        Assert.Contains(DispatchRules.Compute(input with { Revision = V2 }).Upserts, order => order.Cluster.Value == "b");
    }

    [Fact]
    public void Compute_HeldWhereItMustLeaveAndAVersionWithDataElsewhere_RunsOnAsItIs()
    {
        DispatchInput input = Input(Want(("b", 1)), [Order("a", 1)], [Live("a", ready: 1), Live("b")]) with { HasLocalData = true, Revision = V2 };
        DispatchDecision decision = DispatchRules.Compute(input with { Spec = input.Spec with { Disruption = new DisruptionBudget { MaxUnavailable = 0 } } });
        Assert.Empty(decision.Upserts);
        Assert.True(Assert.Single(decision.Held).Blocked);
    }

    // Of the larger version one fits on a, where two of the one before run on: what runs has its volume there, and none may end before another is ready.
    [Fact]
    public void Compute_FallbackWithAVolumeAndNoRoomForWhatComes_IsTriedElsewhere()
    {
        static WorkloadTemplate Sized(long cpu) => new() { Resources = new ResourceRequirements { Cpu = new CpuMillis(cpu) } };
        var established = new RolloutVersion(1, V1, Sized(50) with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] });
        PlacedAssignment before = Order("a", 2) with { Order = Order("a", 2).Order with { Template = established.Template } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [before], [Live("a", ready: 2), Live("b")]);
        input = input with { Revision = V2, Fallback = established, Spec = input.Spec with { Template = Sized(100) } };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("b", 1, V2, true), (tried.Cluster.Value, tried.Replicas, tried.Revision, tried.Trial));
        Assert.Empty(DispatchRules.Compute(input with { Paused = true }).Upserts);
        // With that one ready, the one too many ends, and what remains has room.
        input = input with { Assignments = [before, new(tried, 20)], Targets = [Live("a", ready: 2), Live("b", ready: 1, V2)], Proven = new HashSet<AssignmentId> { tried.Id } };
        Assert.Equal(1, Assert.Single(DispatchRules.Compute(input).Upserts, order => order.Cluster.Value == "a").Replicas);
    }

    [Fact]
    public void Compute_NoRoomForWhatComesInTheFirstClusterOfItsOrder_IsTriedInTheNextOfThatOrder()
    {
        static WorkloadTemplate Sized(long cpu) => new() { Resources = new ResourceRequirements { Cpu = new CpuMillis(cpu) } };
        var established = new RolloutVersion(1, V1, Sized(50) with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] });
        PlacedAssignment before = Order("a", 3) with { Order = Order("a", 3).Order with { Template = established.Template } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1), ("c", 1)), [before], [Live("a", ready: 3), Live("b"), Live("c")]);
        input = input with
        {
            Revision = V2,
            Fallback = established,
            Spec = input.Spec with { Template = Sized(100) },
            ClusterRanks = new Dictionary<ClusterId, int> { [new("a")] = 0, [new("c")] = 1, [new("b")] = 2 },
        };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("c", 1, V2, true), (tried.Cluster.Value, tried.Replicas, tried.Revision, tried.Trial));
        // Where the first has room it begins there.
        DispatchInput roomy = input with { Binding = Want(("a", 3), ("b", 1)), Spec = input.Spec with { Replicas = 4, Template = Sized(100) } };
        Assert.Equal("a", Assert.Single(DispatchRules.Compute(roomy).Upserts).Cluster.Value);
    }

    [Fact]
    public void Compute_NewPlaceThatMayNotRunTheVersionBefore_BeginsWithTheDeclaredOnTrial()
    {
        var established = new RolloutVersion(1, V1, new WorkloadTemplate { Image = "web:1", Container = new ContainerTemplate { Privileged = true } });
        WorkloadTemplate declared = new() { Image = "web:2" };
        TargetView place = Live("b") with { Offers = [Capability.Image] };
        DispatchInput input = Input(Want(("b", 2), ("c", 1)), [Moving("a", 3)], [Live("a", ready: 3), place, Live("c") with { Offers = [Capability.Image] }]);
        input = input with { Revision = V2, Fallback = established, Spec = input.Spec with { Template = declared } };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("b", 1, V2, declared, true), (tried.Cluster.Value, tried.Replicas, tried.Revision, tried.Template, tried.Trial));
        // Where it may run, what is established begins.
        TargetView offering = place with { Offers = [Capability.Image, Capability.Privileged] };
        Assert.Equal(V1, Assert.Single(DispatchRules.Compute(input with { Targets = [Live("a", ready: 3), offering, Live("c")] }).Upserts).Revision);
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

    // Of the larger version two fit on a, where three of a failed one hold the surge that the third needs to begin on b.
    [Fact]
    public void Compute_LargerVersionWithoutRoomWhereTheGrantIs_GivesTheGrantBack()
    {
        static WorkloadTemplate Sized(long cpu) => new() { Resources = new ResourceRequirements { Cpu = new CpuMillis(cpu) } };
        PlacedAssignment failed = Order("a", 3) with { Order = Order("a", 3).Order with { Revision = new TemplateRevision("v0"), Template = Sized(50), Surge = 1, Trial = true } };
        DispatchInput input = Input(Want(("a", 2), ("b", 1)), [failed], [Live("a", ready: 3), Live("b")]);
        input = input with { Revision = V2, Fallback = new RolloutVersion(1, V1, Sized(50)), Spec = input.Spec with { Template = Sized(100) } };
        Assignment given = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal((3, 0, "v0"), (given.Replicas, given.Surge, given.Revision.Value));
        DispatchDecision next = DispatchRules.Compute(input with { Assignments = [new(given, 20)] });
        Assert.Equal(("b", 1), (Assert.Single(next.Upserts).Cluster.Value, next.Upserts[0].Replicas));
        // What became no larger needs no room.
        DispatchDecision smaller = DispatchRules.Compute(input with { Spec = input.Spec with { Template = Sized(50) } });
        Assert.Equal(V2, Assert.Single(smaller.Upserts).Revision);
    }

    [Fact]
    public void Compute_FallbackOfAnotherForm_StartsNoOrderElsewhere()
    {
        var process = new WorkloadTemplate { Process = new ProcessTemplate { Command = "program" } };
        var image = new WorkloadTemplate { Image = "program:2" };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [Order("a", 1)], [Live("a", ready: 1), Live("b")]);
        input = input with { Revision = V2, Fallback = new RolloutVersion(1, V1, process), Spec = input.Spec with { Template = image } };
        Assert.DoesNotContain(DispatchRules.Compute(input).Upserts, order => order.Cluster.Value == "b");
        Assignment first = Assert.Single(DispatchRules.Compute(input with { Assignments = [] }).Upserts);
        Assert.Equal(("a", V2, true, image), (first.Cluster.Value, first.Revision, first.Trial, first.Template));
        // Where either form is at home, what runs until the new version is proven may begin there too.
        Assignment either = Assert.Single(DispatchRules.Compute(input with { Paused = true, Spec = input.Spec with { Template = process } }).Upserts, order => order.Cluster.Value == "b");
        Assert.Equal((V1, false), (either.Revision, either.Trial));
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
        DispatchDecision last = DispatchRules.Compute(input with { Assignments = [Moving("a", 2), Order("b", 1)], Targets = [Live("a", ready: 2), Live("b", ready: 1)] });
        Assert.True(last.IsEmpty);
        HeldOrder held = Assert.Single(last.Held);
        Assert.True(held.Blocked);
        Assert.Contains("2 found no place elsewhere", held.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_OrderThatCameBackWithoutRoomAndIsNoMoreWanted_Ends()
    {
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("b", 3)), [Moving("a", 0), Order("b", 3)], [Live("a"), Live("b", ready: 3)]));
        Assert.Equal(("a", 0, AssignmentState.Withdrawn), Assert.Single(decision.Upserts.Select(order => (order.Cluster.Value, order.Replicas, order.State))));
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
        DispatchInput input = Input(Want(("b", 3)), [Moving("a", 3)], [Live("a", ready: 3), At("b", VerdictState.Suspect)]);
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
    }

    // V2 crashes on b, and left a grant or none there; c has the surge's one more of V1, and a may not end its own before b's are ready.
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Compute_FailedVersionWhereTooManyAreOrdered_IsReplacedWithoutAGrant(int left)
    {
        var v3 = new TemplateRevision("v3");
        PlacedAssignment failed = Order("b", 2) with { Order = Order("b", 2).Order with { Revision = V2, Trial = true, MayBeUnavailable = left } };
        DispatchInput input = Input(Want(("a", 1), ("b", 2), ("c", 1)), [Order("a", 2), failed, Order("c", 1)], [Live("a", ready: 2), Live("b"), Live("c", ready: 1)]);
        input = input with { Revision = v3, Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()), Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 1, MaxUnavailable = 0 } } };
        Assignment mended = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("b", v3, true, 0, 0), (mended.Cluster.Value, mended.Revision, mended.Trial, mended.Surge, mended.MayBeUnavailable));
        // Once it is under way nothing else is tried.
        Assert.Empty(DispatchRules.Compute(input with { Assignments = [Order("a", 2), new(mended, 20), Order("c", 1)] }).Upserts);
    }

    // V2 fails on b and c, where V3 was given to b without a grant: one of b's is not replaced yet.
    [Fact]
    public void Compute_MendedVersionOnTrialWithoutAGrant_IsTriedNowhereElseUntilItIsProven()
    {
        var v3 = new TemplateRevision("v3");
        PlacedAssignment tried = Order("b", 2) with { Order = Order("b", 2).Order with { Revision = v3, Trial = true } };
        PlacedAssignment failed = Order("c", 1) with { Order = Order("c", 1).Order with { Revision = V2 } };
        TargetView half = Live("b", ready: 2, V2);
        half = half with { Replicas = [half.Replicas[0] with { Revision = v3 }, half.Replicas[1] with { State = ReplicaState.Unready }] };
        DispatchInput input = Input(Want(("b", 2), ("c", 2)), [Moving("a", 2), tried, failed], [Live("a", ready: 2), half, Live("c")]);
        input = input with { Revision = v3, Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()), Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 1, MaxUnavailable = 0 } } };
        Assert.Empty(DispatchRules.Compute(input).Upserts);

        Assignment proven = Assert.Single(DispatchRules.Compute(input with { Proven = new HashSet<AssignmentId> { tried.Order.Id } }).Upserts);
        Assert.Equal(("b", false), (proven.Cluster.Value, proven.Trial));
        Assignment next = Assert.Single(DispatchRules.Compute(input with { Assignments = [Moving("a", 2), new(proven, 20), failed] }).Upserts);
        Assert.Equal(("c", v3, true), (next.Cluster.Value, next.Revision, next.Trial));
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

    private static Federation.Domain.Quantities.ReplicaShare? Share(string? text) => text is null ? null : Federation.Domain.Quantities.ReplicaShare.Parse(text);

    private static DispatchInput Ending(DispatchInput input, RestartCondition condition = RestartCondition.Never) => input with
    {
        Spec = input.Spec with { Template = input.Spec.Template with { Restart = new RestartPolicy { Condition = condition } } },
    };

    private static TargetView Ended(string cluster, params bool[] succeeded)
    {
        TargetView ready = Live(cluster, ready: succeeded.Length);
        return ready with { Replicas = [.. ready.Replicas.Select((replica, i) => replica with { State = ReplicaState.Ended, Succeeded = succeeded[i] })] };
    }

    private static PlacedAssignment Moving(string cluster, int replicas) =>
        Order(cluster, replicas) with { Order = Order(cluster, replicas).Order with { State = AssignmentState.Moving } };

    private static DispatchInput Input(Binding? binding, PlacedAssignment[] orders, TargetView[] targets) => new()
    {
        Key = Key,
        Uid = "u",
        Generation = 1,
        Spec = new WorkloadSpec(),
        Revision = V1,
        Binding = binding,
        Assignments = orders,
        Targets = targets,
        Term = 7,
    };

    private static Binding Want(params (string Cluster, int Replicas)[] shares) => new()
    {
        Workload = Key,
        WorkloadUid = "u",
        Generation = 1,
        Shares = [.. shares.Select(share => new BindingShare(new(share.Cluster), new NodeId("n1"), share.Replicas))],
    };

    private static PlacedAssignment Order(string cluster, int replicas) => new(
        new Assignment
        {
            Id = DispatchRules.IdOf("u", new(cluster), new NodeId("n1")),
            Workload = Key,
            WorkloadUid = "u",
            Cluster = new(cluster),
            Node = new NodeId("n1"),
            Replicas = replicas,
            Generation = 1,
            Revision = V1,
            Template = new WorkloadTemplate(),
        },
        10);

    private static PlacedAssignment Unreachable(string cluster, int replicas) =>
        Order(cluster, replicas) with { Order = Order(cluster, replicas).Order with { State = AssignmentState.Unreachable } };

    private static TargetView Live(string cluster, int ready = 0, TemplateRevision? revision = null) => At(cluster, VerdictState.Ready) with
    {
        AppliedRevision = 10,
        Replicas = [.. Enumerable.Range(0, ready).Select(i => new ReplicaObservation
        {
            Id = new($"{cluster}-{i}"),
            Assignment = DispatchRules.IdOf("u", new(cluster), new NodeId("n1")),
            Workload = Key,
            Cluster = new(cluster),
            Node = new NodeId("n1"),
            Revision = revision ?? V1,
            State = ReplicaState.Ready,
        })],
    };

    private static TargetView At(string cluster, VerdictState state, bool leaseEnded = false) => new()
    {
        Cluster = new(cluster),
        Node = new NodeId("n1"),
        Verdict = new Verdict { Cluster = new(cluster), Node = new NodeId("n1"), State = state, Revision = 5, Reason = "test", LeaseEnded = leaseEnded },
    };
}
