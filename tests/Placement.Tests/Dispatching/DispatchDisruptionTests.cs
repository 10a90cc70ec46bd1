using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using static Federation.Placement.Tests.Dispatching.DispatchSetting;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>What clusters may take of their own accord, out of a workload's one disruption budget.</summary>
public class DispatchDisruptionTests
{
    [Fact]
    public void Compute_NewOrders_BeginUnderTheBudget_WhereItIsKept()
    {
        DispatchDecision decision = DispatchRules.Compute(Budgeted(1, Want(("a", 3), ("b", 3), ("n", 2)), [Order("n", 2)], [Keeps(Live("a")), Keeps(Live("b")), Live("n", ready: 2)]));
        Assert.Equal([("a", 2), ("b", 3)], decision.Upserts.Select(Told));
    }

    [Fact]
    public void Compute_OrderThatWasNeverTold_IsToldFirst_AndGivenSomethingWhenItObeys()
    {
        DispatchInput input = Budgeted(2, Want(("a", 3), ("b", 3)), [Order("a", 3), Order("b", 3)], [Keeps(Live("a", ready: 3)), Keeps(Live("b", ready: 3))]);
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Equal([("a", 3), ("b", 3)], first.Upserts.Select(Told));
        input = input with { Assignments = [.. first.Upserts.Select(static order => new PlacedAssignment(order, 20))] };
        Assert.True(DispatchRules.Compute(input).IsEmpty);
        input = input with { Targets = [.. input.Targets.Select(static target => target with { AppliedRevision = 20 })] };
        Assert.Equal([("a", 2), ("b", 2)], DispatchRules.Compute(input).Upserts.Select(Told));
    }

    [Fact]
    public void Compute_AnotherBudget_IsToldWithoutAnotherTemplate_AndNoneIsToldToo()
    {
        DispatchInput input = Budgeted(2, Want(("a", 4)), [Least("a", 4, 3)], [Keeps(Live("a", ready: 4))]);
        Assignment more = Assert.Single(DispatchRules.Compute(input).Upserts);
        Assert.Equal((2, V1), (more.LeastReady, more.Revision));
        Assert.Equal(4, Assert.Single(DispatchRules.Compute(input with { Spec = input.Spec with { Disruption = new DisruptionBudget { MinAvailable = Share("100%") } } }).Upserts).LeastReady);
        Assert.Null(Assert.Single(DispatchRules.Compute(input with { Spec = input.Spec with { Disruption = null } }).Upserts).LeastReady);
        Assert.Null(Assert.Single(DispatchRules.Compute(Ending(input)).Upserts).LeastReady);
    }

    [Fact]
    public void Compute_ReplicaMissing_TakesWhatOthersMayTakeBack()
    {
        // In the cluster itself its own budget counts it, and nothing is told anew.
        DispatchInput input = Budgeted(1, Want(("a", 3), ("b", 3)), [Least("a", 3, 2), Least("b", 3, 3)], [Keeps(Live("a", ready: 2)), Keeps(Live("b", ready: 3))]);
        Assert.True(DispatchRules.Compute(input).IsEmpty);
        DispatchDecision elsewhere = DispatchRules.Compute(input with { Targets = [Keeps(Live("a", ready: 3)), Keeps(Live("b", ready: 2))] });
        Assert.Equal([("a", 3)], elsewhere.Upserts.Select(Told));
        // A cluster that is out of contact is missing with all that it has.
        DispatchDecision lost = DispatchRules.Compute(input with { Targets = [Keeps(Live("a", ready: 3)), Keeps(At("b", VerdictState.Suspect))] });
        Assert.Equal([("a", 3)], lost.Upserts.Select(Told));
    }

    [Fact]
    public void Compute_NodesCordonedInAnotherCluster_MovesThereWhatMayBeTaken_OnceItWasTakenBack()
    {
        TargetView wants = Keeps(Live("b", ready: 3));
        wants = wants with { Replicas = [.. wants.Replicas.Select(static (replica, i) => i == 0 ? replica with { Cordoned = true } : replica)] };
        DispatchInput input = Budgeted(1, Want(("a", 3), ("b", 3)), [Least("a", 3, 2), Least("b", 3, 3)], [Keeps(Live("a", ready: 3)), wants]);
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Equal([("a", 3)], first.Upserts.Select(Told));
        input = input with { Assignments = [new(first.Upserts[0], 20), Least("b", 3, 3)] };
        Assert.True(DispatchRules.Compute(input).IsEmpty);
        input = input with { Targets = [Keeps(Live("a", ready: 3)) with { AppliedRevision = 20 }, wants] };
        Assert.Equal([("b", 2)], DispatchRules.Compute(input).Upserts.Select(Told));
    }

    [Fact]
    public void Compute_StepOfThePlane_WaitsUntilClustersMayTakeNothingBeside()
    {
        // From n to b, which has three already; a may take one.
        DispatchInput input = Budgeted(1, Want(("a", 3), ("b", 3)), [Least("a", 3, 2), Order("b", 2), MovingOrder("n", 1)], [Keeps(Live("a", ready: 3)), Live("b", ready: 2), Live("n", ready: 1)]);
        DispatchDecision first = DispatchRules.Compute(input);
        Assert.Contains(first.Upserts, static order => Told(order) == ("a", 3));
        Assert.Contains(first.Upserts, static order => (order.Cluster.Value, order.Replicas) == ("b", 3));
        HeldOrder held = Assert.Single(first.Held);
        Assert.Equal((false, true), (held.Blocked, held.Reason.Contains("may take 1 ready replicas of their own accord", StringComparison.Ordinal)));
        PlacedAssignment[] orders = [new(first.Upserts.Single(static order => order.Cluster.Value == "a"), 20), Order("b", 3), MovingOrder("n", 1)];
        Assert.Empty(DispatchRules.Compute(input with { Assignments = orders }).Upserts);
        DispatchDecision second = DispatchRules.Compute(input with { Assignments = orders, Targets = [Keeps(Live("a", ready: 3)) with { AppliedRevision = 20 }, Live("b", ready: 2), Live("n", ready: 1)] });
        Assert.Equal([("n", AssignmentState.Withdrawn)], second.Upserts.Select(static order => (order.Cluster.Value, order.State)));
    }

    // Clusters evict whenever they may, obey late, and get other shares meanwhile: nothing of that takes the workload below its budget.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Compute_ClustersThatTakeAllTheyMay_NeverGoBelowTheBudget(int seed)
    {
        var chance = new Random(seed);
        for (int run = 0; run < 60; run++)
        {
            int most = chance.Next(0, 4);
            var budget = new DisruptionBudget { MaxUnavailable = most };
            var places = new[] { "a", "b", "c", "n" }.ToDictionary(static name => name, static name => new Place(name, name != "n"));
            (string, int)[] wanted = [("a", 3), ("b", 2), ("c", 1), ("n", 2)];
            var placed = new Dictionary<string, PlacedAssignment>();
            long revision = 10;
            bool began = false;
            int taken = 0;
            DispatchDecision Step()
            {
                DispatchInput input = Budgeted(0, Want(wanted), [.. placed.Values], [.. places.Values.Select(static place => place.View)]);
                DispatchDecision decision = DispatchRules.Compute(input with { Spec = input.Spec with { Disruption = budget } });
                foreach (Assignment order in decision.Upserts) placed[order.Cluster.Value] = new(order, ++revision);
                foreach (string gone in placed.Where(one => decision.Removals.Contains(one.Value.Order.Id)).Select(static one => one.Key).ToArray()) placed.Remove(gone);
                return decision;
            }
            for (int step = 0; step < 400; step++)
            {
                if (chance.Next(40) == 0 && began) wanted = Divided(8, chance);
                foreach (Place place in places.Values)
                {
                    if (chance.Next(3) == 0) place.Unready = 0;
                    if (chance.Next(3) == 0) place.Obey(placed.GetValueOrDefault(place.Name));
                    if (chance.Next(15) == 0) place.Cordoned = place.Keeps && !place.Cordoned;
                    if (place.Evict(chance.Next(4) == 0)) taken++;
                }
                int ready = places.Values.Sum(static place => place.Ready);
                began |= ready >= 8;
                Assert.True(!began || ready >= 8 - most, $"run {run}, step {step}: {ready} of 8 ready, and {most} may be missing");
                Step();
            }
            Assert.True(began);
            // Left alone, it comes to rest.
            for (int still = 0, step = 0; still < 3; step++)
            {
                foreach (Place place in places.Values)
                {
                    place.Obey(placed.GetValueOrDefault(place.Name));
                    place.Unready = 0;
                }
                DispatchDecision decision = Step();
                still = decision.IsEmpty ? still + 1 : 0;
                Assert.True(step < 60, $"run {run}: {string.Join(", ", decision.Upserts.Select(Told))}");
            }
            Assert.Equal(wanted.Order(), placed.Values.Select(static one => (one.Order.Cluster.Value, one.Order.Replicas)).Order());
            PlacedAssignment[] told = [.. placed.Values.Where(static one => one.Order.LeastReady is not null)];
            Assert.Equal(Math.Min(most, told.Sum(static one => one.Order.Replicas)), told.Sum(static one => one.Order.Replicas - one.Order.LeastReady));
            Assert.True(most == 0 || taken > 10, $"run {run}: {taken} were taken");
        }
    }

    private static (string, int)[] Divided(int replicas, Random chance)
    {
        var shares = new[] { "a", "b", "c", "n" }.ToDictionary(static name => name, static _ => 0);
        for (int i = 0; i < replicas; i++) shares[shares.Keys.ElementAt(chance.Next(4))]++;
        return [.. shares.Where(static share => share.Value > 0).Select(static share => (share.Key, share.Value))];
    }

    private static (string, int?) Told(Assignment order) => (order.Cluster.Value, order.LeastReady);

    private static DispatchInput Budgeted(int maxUnavailable, Domain.Bindings.Binding binding, PlacedAssignment[] orders, TargetView[] targets)
    {
        DispatchInput input = Input(binding, orders, targets);
        return input with { Spec = input.Spec with { Disruption = new DisruptionBudget { MaxUnavailable = maxUnavailable } } };
    }

    private static PlacedAssignment Least(string cluster, int replicas, int least) => Order(cluster, replicas) is var order ? order with { Order = order.Order with { LeastReady = least } } : order;

    private static TargetView Keeps(TargetView target) => target with { Offers = [Capability.DisruptionBudgets] };

    // A cluster as its agent keeps it: what it obeys is what it was told some time ago.
    private sealed class Place(string name, bool keeps)
    {
        private int _replicas;
        private int? _least;
        private long _applied;

        public string Name => name;

        public bool Keeps => keeps;

        public int Unready { get; set; }

        public bool Cordoned { get; set; }

        public int Ready => _replicas - Unready;

        public TargetView View
        {
            get
            {
                TargetView view = Live(name, ready: Ready) with { AppliedRevision = _applied, Offers = keeps ? [Capability.DisruptionBudgets] : [] };
                return view with
                {
                    Replicas =
                    [
                        .. view.Replicas.Select(replica => Cordoned ? replica with { Cordoned = true } : replica),
                        .. Enumerable.Range(0, Unready).Select(i => Live(name, ready: 1).Replicas[0] with { Id = new($"{name}-unready-{i}"), State = ReplicaState.Starting }),
                    ],
                };
            }
        }

        public void Obey(PlacedAssignment? placed)
        {
            int replicas = placed?.Order.Replicas ?? 0;
            // New ones begin unready, and of too many those end first.
            if (replicas > _replicas) Unready += replicas - _replicas;
            else Unready = Math.Max(0, Unready - (_replicas - replicas));
            _replicas = replicas;
            _least = placed?.Order.LeastReady;
            if (placed is not null) _applied = placed.Revision;
        }

        public bool Evict(bool now)
        {
            if (!now || !keeps || _replicas == 0 || Ready <= (_least ?? 0)) return false;
            Unready++;
            return true;
        }
    }
}
