using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Results;
using Federation.Scheduling;

namespace Federation.Bench.Planner;

/// <summary>
/// Full plans of 100 to 100,000 workloads (of three replicas, in the mean) over 10 to 1,000 clusters: from nothing, once more when all of it runs, and
/// when one cluster in a hundred is lost. A tenth of the workloads has a spread rule, a twentieth is divided by weights, a third has affinity, a fifth
/// preferences. One thread. Beside the largest: a loop that looks at each cluster for each workload and knows no rule but room.
/// </summary>
internal sealed class PlannerBenchmark : IBenchmark
{
    private const string Peer = "a scan of all clusters for each workload, by room alone";
    private const int MostClusters = 1_000, MostWorkloads = 100_000;
    private static readonly int[] Clusters = [10, 100, MostClusters], Workloads = [100, 1_000, 10_000, MostWorkloads];

    public string Name => "planner";

    public string Summary => "full plans of 100 to 100,000 workloads over 10 to 1,000 clusters, and one decision, beside a plain scan";

    public Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int most = context.Quick ? 10_000 : MostWorkloads;
        if (context.Runs("largest"))
        {
            MeasureLargest(context, "100 classes", new PlanWorld(MostClusters, most, classes: 100), 1_000, 16);
            MeasureLargest(context, "all distinct", new PlanWorld(MostClusters, most, classes: most), 4_000, 160);
            MeasureLargest(context, "100 classes, 3 nodes a cluster", new PlanWorld(MostClusters, most, classes: 100, nodesPerCluster: 3), 1_000, 16);
        }
        foreach (int clusters in Clusters)
        {
            foreach (int workloads in Workloads)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{workloads:N0} workloads over {clusters:N0} clusters");
                if (context.Runs(name) && workloads <= most) Measure(context, name, new PlanWorld(clusters, workloads, classes: 100));
            }
        }
        return Task.CompletedTask;
    }

    private static void MeasureLargest(BenchmarkContext context, string name, PlanWorld world, double planMilliseconds, double decisionMicroseconds)
    {
        var wanted = new BenchmarkGoal.AtMost(planMilliseconds);
        double scan = CapacityScan.Measure(world);
        (PlacementPlan plan, double fresh, double processor) = Best(context, world);
        int workloads = world.Desired.Workloads.Count;
        name = string.Create(CultureInfo.InvariantCulture, $"{workloads:N0} workloads over {world.Desired.Clusters.Count:N0} clusters, {name}");
        context.Report(new() { Name = $"{name}, from nothing", Ours = fresh, Unit = "ms", Peer = Peer, PeerValue = scan, LowerIsBetter = true, Wanted = wanted });
        context.Report(new() { Name = $"{name}, from nothing, processor time", Ours = processor, Unit = "ms", LowerIsBetter = true });
        context.Report(new()
        {
            Name = $"{name}, one decision",
            Ours = Math.Round(fresh * 1000 / workloads, 2),
            Unit = "us",
            Peer = Peer,
            PeerValue = Math.Round(scan * 1000 / workloads, 2),
            LowerIsBetter = true,
            Wanted = new BenchmarkGoal.AtMost(decisionMicroseconds),
        });
        double unchanged = Replan(context, world, plan);
        context.Report(new() { Name = $"{name}, unchanged", Ours = unchanged, Unit = "ms", LowerIsBetter = true, Wanted = wanted });
        world.Lose(MostClusters / 100);
        (_, double lost, _) = Best(context, world);
        context.Report(new() { Name = $"{name}, 1 % of the clusters lost", Ours = lost, Unit = "ms", LowerIsBetter = true, Wanted = wanted });
    }

    private static void Measure(BenchmarkContext context, string name, PlanWorld world)
    {
        (PlacementPlan plan, double fresh, _) = Best(context, world);
        context.Report(new() { Name = $"{name}, from nothing", Ours = fresh, Unit = "ms", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, unchanged", Ours = Replan(context, world, plan), Unit = "ms", LowerIsBetter = true });
    }

    /// <summary>Carries the plan out and plans again, which must move nothing.</summary>
    private static double Replan(BenchmarkContext context, PlanWorld world, PlacementPlan plan)
    {
        world.Apply(plan);
        (PlacementPlan again, double unchanged, _) = Best(context, world);
        if (!plan.Bindings.Zip(again.Bindings).All(static pair => pair.First.Shares.SequenceEqual(pair.Second.Shares))) throw new InvalidOperationException("The plan of an unchanged world moved something.");
        return unchanged;
    }

    /// <summary>The best of some runs: what else the machine does only adds.</summary>
    private static (PlacementPlan Plan, double Milliseconds, double ProcessorMilliseconds) Best(BenchmarkContext context, PlanWorld world)
    {
        PlacementPlan plan = PlacementPlanner.Compute(world.Desired, world.Observed);
        double best = double.MaxValue, leastProcessor = double.MaxValue;
        for (int run = 0; run < (context.Quick ? 1 : 5); run++)
        {
            GC.Collect();
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            plan = PlacementPlanner.Compute(world.Desired, world.Observed);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            leastProcessor = Math.Min(leastProcessor, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
        }
        return (plan, Math.Round(best, 2), Math.Round(leastProcessor, 2));
    }
}
