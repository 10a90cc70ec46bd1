using Federation.Domain.Bindings;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Scheduling;
using Federation.Scheduling.Explanation;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>What must be so of the planner on any world that the simulation has made.</summary>
public static class PlanCheck
{
    /// <summary>7. The planner is a function, whatever the order of its input: of the world as it is, and of the same world with nothing in it yet.</summary>
    public static void IsAFunction(PlacementDoor door, Simulator simulator)
    {
        PlanInputs inputs = Inputs(door, simulator);
        Compare(inputs.Desired, inputs.Observed);
        Compare(inputs.Desired, inputs.Observed with { Assignments = [], Replicas = [] });
    }

    /// <summary>7. Re-planning an unchanged world is empty. 8. What finds no place is told why, by the rule, of every place.</summary>
    public static void IsSettledAndExplained(PlacementDoor door, Simulator simulator)
    {
        var state = new PlacementState(door.Store.Current);
        PlanInputs inputs = Inputs(door, simulator);
        foreach (Binding binding in PlacementPlanner.Compute(inputs.Desired, inputs.Observed).Bindings)
        {
            if (!binding.Shares.SequenceEqual(state.Binding(binding.Workload)!.Shares))
                throw new InvariantBroken(Invariant.Settled, $"{binding.Workload} would move though nothing changed");
            if (binding.Unplaced == 0) continue;
            PlacementExplanation told = PlacementPlanner.Explain(inputs.Desired, inputs.Observed, binding.Workload)!;
            foreach (TargetExplanation cluster in told.Clusters)
            {
                foreach (TargetExplanation place in cluster.Nodes is { Count: > 0 } nodes ? nodes : [cluster])
                {
                    if (place.Sentence.Length == 0 || (place.Eligible && place.Replicas == 0 && told.Stranded is null))
                        throw new InvariantBroken(Invariant.Explained, $"{binding.Workload} lacks {binding.Unplaced}, and of {cluster.Name}/{place.Name} it is told: {place.RefusedBy ?? "no rule"}: {place.Sentence}");
                }
            }
        }
    }

    private static void Compare(DesiredState desired, ObservedState observed)
    {
        PlacementPlan plan = PlacementPlanner.Compute(desired, observed);
        PlacementPlan shuffled = PlacementPlanner.Compute(
            desired with { Clusters = [.. desired.Clusters.Reverse()], Workloads = [.. desired.Workloads.Reverse()] },
            observed with
            {
                Nodes = [.. observed.Nodes.Reverse()],
                Assignments = [.. observed.Assignments.Reverse()],
                Replicas = [.. observed.Replicas.Reverse()],
                Verdicts = [.. observed.Verdicts.Reverse()],
            });
        var others = shuffled.Bindings.ToDictionary(binding => binding.Workload);
        foreach (Binding now in plan.Bindings)
        {
            if (!now.Shares.SequenceEqual(others[now.Workload].Shares))
                throw new InvariantBroken(Invariant.Function, $"{now.Workload} depends on the order of the input");
        }
    }

    private static PlanInputs Inputs(PlacementDoor door, Simulator simulator)
    {
        var state = new PlacementState(door.Store.Current);
        return PlanInputs.Collect(state, new ObservedWorld(door.Health.Current), WorkloadResolver.Of(state, FeedView.Empty), new TolerationClock(simulator.Time));
    }
}
