using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using static Federation.Placement.Tests.Dispatching.DispatchSetting;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>What a binding becomes where nothing is in the way, and when a workload has run to its end.</summary>
public class DispatchRulesTests
{
    [Fact]
    public void Compute_AdoptedInAPlace_OrdersThereCarryTheAdoption()
    {
        var adoption = new Adoption { Service = "shop_web", Workload = Key };
        DispatchDecision decision = DispatchRules.Compute(Input(Want(("a", 1), ("b", 1)), [], [Live("a") with { Adoption = adoption }, Live("b")]));
        Assert.Equal([("a", adoption), ("b", null)], decision.Upserts.Select(static order => (order.Cluster.Value, order.Adoption)));

        // What the cluster says later reaches orders that stand; the same said again changes nothing.
        DispatchInput standing = Input(Want(("a", 1)), [new(decision.Upserts[0], 5)], [Live("a", ready: 1) with { Adoption = adoption with { Networks = [new AdoptedNetwork { Name = "net" }] } }]);
        Assignment told = Assert.Single(DispatchRules.Compute(standing).Upserts);
        Assert.Equal("net", Assert.Single(told.Adoption!.Networks!).Name);
        Assert.True(DispatchRules.Compute(standing with { Assignments = [new(told with { Adoption = told.Adoption with { Networks = [new AdoptedNetwork { Name = "net" }] } }, 5)] }).IsEmpty);
    }

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
}
