using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using static Federation.Placement.Tests.Dispatching.DispatchSetting;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>Versions that take the place of others, one grant at a time.</summary>
public class DispatchTrialTests
{
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

    // Its budget may be another by now, and what it is for is wanted by nobody any more.
    [Fact]
    public void Compute_GrantOfAReplacedVersion_IsTakenBack_WhereAnotherTriesTheDeclaredOne()
    {
        PlacedAssignment replaced = Order("a", 1) with { Order = Order("a", 1).Order with { Revision = V2, Trial = true, MayBeUnavailable = 1 } };
        PlacedAssignment trying = Order("b", 1) with { Order = Order("b", 1).Order with { Revision = new("v3"), Trial = true, Surge = 1 } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [replaced, trying], [Live("a", ready: 1), Live("b")]) with
        {
            Revision = new TemplateRevision("v3"),
            Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()),
        };
        Assignment kept = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("a", V2, 1, 0, 0), (kept.Cluster.Value, kept.Revision, kept.Replicas, kept.Surge, kept.MayBeUnavailable));
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

    // On a machine that is to have one there is no room for both.
    [Fact]
    public void Compute_NewVersionOfOneOnEachMachine_TakesTheOldOnesPlace_OneMachineAtATime()
    {
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [Order("a", 1), Order("b", 1)], [Live("a", ready: 1), Live("b", ready: 1)]);
        input = input with
        {
            Revision = V2,
            Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()),
            Spec = input.Spec with { Template = new WorkloadTemplate { Image = "web:2", Container = new ContainerTemplate { Mode = ContainerMode.Global } } },
        };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal((V2, 0, 1), (tried.Revision, tried.Surge, tried.MayBeUnavailable));
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

    // V2 was on trial on a when v3 took its place; of v3, which is larger, one fits there, and the other is wanted on b, where the version before has no volume.
    [Fact]
    public void Compute_ReplacedTrialWithoutRoomForWhatComes_LetsItBeTriedElsewhere()
    {
        static WorkloadTemplate Sized(long cpu) => new() { Resources = new ResourceRequirements { Cpu = new CpuMillis(cpu) } };
        var established = new RolloutVersion(1, V1, Sized(50) with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] });
        PlacedAssignment replaced = Order("a", 2) with { Order = Order("a", 2).Order with { Revision = V2, Template = Sized(50), Trial = true } };
        DispatchInput input = Input(Want(("a", 1), ("b", 1)), [replaced], [Live("a", ready: 2, V2), Live("b")]);
        input = input with { Revision = new TemplateRevision("v3"), Fallback = established, Spec = input.Spec with { Template = Sized(100) } };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("b", 1, "v3", true), (tried.Cluster.Value, tried.Replicas, tried.Revision.Value, tried.Trial));
        // Where it has room, it goes first.
        DispatchInput roomy = input with { Spec = input.Spec with { Template = Sized(50) } };
        Assert.Equal("a", Assert.Single(DispatchRules.Compute(roomy).Upserts).Cluster.Value);
    }

    [Fact]
    public void Compute_NewPlaceThatMayNotRunTheVersionBefore_BeginsWithTheDeclaredOnTrial()
    {
        var established = new RolloutVersion(1, V1, new WorkloadTemplate { Image = "web:1", Container = new ContainerTemplate { Privileged = true } });
        WorkloadTemplate declared = new() { Image = "web:2" };
        TargetView place = Live("b") with { Offers = [Capability.Image] };
        DispatchInput input = Input(Want(("b", 2), ("c", 1)), [MovingOrder("a", 3)], [Live("a", ready: 3), place, Live("c") with { Offers = [Capability.Image] }]);
        input = input with { Revision = V2, Fallback = established, Spec = input.Spec with { Template = declared } };
        Assignment tried = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("b", 1, V2, declared, true), (tried.Cluster.Value, tried.Replicas, tried.Revision, tried.Template, tried.Trial));
        // Where it may run, what is established begins.
        TargetView offering = place with { Offers = [Capability.Image, Capability.Privileged] };
        Assert.Equal(V1, Assert.Single(DispatchRules.Compute(input with { Targets = [Live("a", ready: 3), offering, Live("c")] }).Upserts).Revision);
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

    // V0 was on its way when V2 took its place, which has data here: one is missing, V0 is too large to become two, and the one that is ready may not be given up.
    [Fact]
    public void Compute_ReplacedTrialThatIsTooLargeToBecomeMore_GetsWhatComesAndThenBecomesMore()
    {
        static WorkloadTemplate Sized(long cpu) => new() { Resources = new ResourceRequirements { Cpu = new CpuMillis(cpu) } };
        PlacedAssignment replaced = Order("a", 1) with { Order = Order("a", 1).Order with { Revision = new TemplateRevision("v0"), Template = Sized(150) } };
        DispatchInput input = Input(Want(("a", 2)), [replaced], [Live("a", ready: 1, new TemplateRevision("v0"))]);
        input = input with { Revision = V2, Fallback = new RolloutVersion(1, V1, Sized(100)), HasLocalData = true, Spec = input.Spec with { Template = Sized(100) } };
        Assignment given = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal((1, V2, 0, 0), (given.Replicas, given.Revision, given.Surge, given.MayBeUnavailable));
        Assignment more = Assert.Single(DispatchRules.Compute(input with { Assignments = [new(given, 20)] }).Upserts);
        // One of the two is missing already: the other may not go before it is there.
        Assert.Equal((2, V2, 0, 1), (more.Replicas, more.Revision, more.Surge, more.MayBeUnavailable));
        Assert.Empty(DispatchRules.Compute(input with { Paused = true }).Upserts);
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
        DispatchInput input = Input(Want(("b", 2), ("c", 2)), [MovingOrder("a", 2), tried, failed], [Live("a", ready: 2), half, Live("c")]);
        input = input with { Revision = v3, Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()), Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 1, MaxUnavailable = 0 } } };
        Assert.Empty(DispatchRules.Compute(input).Upserts);

        Assignment proven = Assert.Single(DispatchRules.Compute(input with { Proven = new HashSet<AssignmentId> { tried.Order.Id } }).Upserts);
        Assert.Equal(("b", false), (proven.Cluster.Value, proven.Trial));
        Assignment next = Assert.Single(DispatchRules.Compute(input with { Assignments = [MovingOrder("a", 2), new(proven, 20), failed] }).Upserts);
        Assert.Equal(("c", v3, true), (next.Cluster.Value, next.Revision, next.Trial));
    }

    // V2 took the place of one of a's two, and is not ready there. When a is to have one, what may be missing is missing on c, where one is yet to start.
    [Fact]
    public void Compute_FewerWantedWhereOneMayBeUnavailable_WhatIsNotReadyGoesAndTakesTheGrantAlong()
    {
        PlacedAssignment tried = Order("a", 2) with { Order = Order("a", 2).Order with { Revision = V2, Trial = true, MayBeUnavailable = 1 } };
        TargetView half = Live("a", ready: 2);
        half = half with { Replicas = [half.Replicas[0], half.Replicas[1] with { Revision = V2, State = ReplicaState.Starting }] };
        DispatchInput input = Input(Want(("a", 1), ("b", 2), ("c", 1)), [tried, Order("b", 2)], [half, Live("b", ready: 2), Live("c")]);
        input = input with { Revision = V2, Fallback = new RolloutVersion(1, V1, new WorkloadTemplate()), Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 0, MaxUnavailable = 1 } } };
        Assignment lowered = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("a", 1, 0, true), (lowered.Cluster.Value, lowered.Replicas, lowered.MayBeUnavailable, lowered.Trial));

        // Once it is ready on c, the one on a may give way.
        input = input with { Assignments = [new(lowered, 20), Order("b", 2), Order("c", 1)], Targets = [Live("a", ready: 1), Live("b", ready: 2), Live("c", ready: 1)] };
        Assignment granted = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal(("a", 1, V2), (granted.Cluster.Value, granted.MayBeUnavailable, granted.Revision));
    }

    // What it was given belongs to another by the time it comes back.
    [Theory]
    [InlineData(VerdictState.NotReady, AssignmentState.Unreachable)]
    [InlineData(VerdictState.Ready, AssignmentState.Moving)]
    public void Compute_OrderThatLeavesInTheMiddleOfARollout_KeepsNoGrant(VerdictState verdict, AssignmentState left)
    {
        PlacedAssignment half = Order("a", 2) with { Order = Order("a", 2).Order with { Revision = V2, Surge = 1, MayBeUnavailable = 1 } };
        DispatchInput input = Input(Want(("b", 2), ("c", 2)), [half, Order("b", 2)], [Live("a", ready: 2) with { Verdict = At("a", verdict).Verdict }, Live("b", ready: 2), Live("c")]) with { Revision = V2 };
        Assignment leaving = Assert.Single(DispatchRules.Compute(input).Upserts, order => order.Cluster.Value == "a");
        Assert.Equal((left, 2, 0, 0), (leaving.State, leaving.Replicas, leaving.Surge, leaving.MayBeUnavailable));
    }

    // It was granted two by a budget of before. Under the present one it may neither start one more nor give up the one that answers, and the two keep the others from starting.
    [Fact]
    public void Compute_GrantOfAnEarlierBudgetThatThePresentOneDoesNotGive_IsGivenBack()
    {
        TemplateRevision v3 = new("v3");
        PlacedAssignment surging = Order("a", 1) with { Order = Order("a", 1).Order with { Revision = V2, Trial = true, Surge = 2 } };
        DispatchInput input = Input(Want(("a", 3)), [surging], [Live("a", ready: 1)]);
        input = input with { Revision = v3, Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 0, MaxUnavailable = 1 } } };
        Assignment back = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal((1, 0, V2), (back.Replicas, back.Surge, back.Revision));

        Assignment next = Assert.Single(DispatchRules.Compute(input with { Assignments = [new(back, 20)] }).Upserts);
        Assert.Equal((3, v3), (next.Replicas, next.Revision));
    }

    // b may give up one of its two for the rollout, which has not: the one that may be missing is not missing a second time on a.
    [Theory]
    [InlineData(2)] // both of b are ready yet
    [InlineData(1)] // what was granted was taken: one is missing
    public void Compute_MovesWhileARolloutMayGiveUpOneElsewhere_GivesUpNoneBesideIt(int readyOnB)
    {
        PlacedAssignment granted = Order("b", 2) with { Order = Order("b", 2).Order with { Revision = V2, MayBeUnavailable = 1 } };
        DispatchInput input = Input(Want(("b", 2), ("c", 2)), [MovingOrder("a", 2), granted], [Live("a", ready: 2), Live("b", readyOnB), Live("c")]);
        input = input with { Revision = V2, Spec = input.Spec with { Update = new UpdateStrategy { MaxSurge = 0, MaxUnavailable = 1 } } };
        DispatchDecision decision = DispatchRules.Compute(input);
        Assert.DoesNotContain(decision.Upserts, static order => order.Cluster.Value == "a");
        Assert.False(Assert.Single(decision.Held).Blocked);

        // Paused, it may never take it: then it is for a person.
        if (readyOnB == 2) Assert.True(Assert.Single(DispatchRules.Compute(input with { Paused = true }).Held).Blocked);
    }
}
