using System.Diagnostics;
using Federation.Bench.Results;
using Federation.Scheduling;

namespace Federation.Bench.Plan;

/// <summary>
/// Full plans of 100,000 workloads, a third of a million replicas, over 1,000 clusters: from nothing, once more when all of it runs, and when one cluster in a hundred is lost.
/// A tenth of the workloads has a spread rule, a twentieth is divided by weights, a third has affinity, a fifth preferences. One thread.
/// </summary>
internal sealed class PlanBenchmark : IBenchmark
{
    private const int Clusters = 1_000;

    public string Name => "plan";

    public string Summary => "full plans of 100,000 workloads over 1,000 clusters, and one decision";

    public Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int workloads = context.Quick ? 10_000 : 100_000;
        Measure(context, "100 classes", new PlanWorld(Clusters, workloads, classes: 100), 1_000, 16);
        Measure(context, "all distinct", new PlanWorld(Clusters, workloads, classes: workloads), 4_000, 160);
        Measure(context, "100 classes, 3 nodes a cluster", new PlanWorld(Clusters, workloads, classes: 100, nodesPerCluster: 3), 1_000, 16);
        return Task.CompletedTask;
    }

    private static void Measure(BenchmarkContext context, string name, PlanWorld world, double planMilliseconds, double decisionMicroseconds)
    {
        var wanted = new BenchmarkGoal.AtMost(planMilliseconds);
        (PlacementPlan plan, double fresh, double processor) = Best(context, world);
        int workloads = world.Desired.Workloads.Count;
        context.Report(new() { Name = $"{name}, from nothing", Ours = fresh, Unit = "ms", LowerIsBetter = true, Wanted = wanted });
        context.Report(new() { Name = $"{name}, from nothing, processor time", Ours = processor, Unit = "ms", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, one decision", Ours = Math.Round(fresh * 1000 / workloads, 2), Unit = "us", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(decisionMicroseconds) });
        world.Apply(plan);
        (PlacementPlan again, double unchanged, _) = Best(context, world);
        if (!plan.Bindings.Zip(again.Bindings).All(pair => pair.First.Shares.SequenceEqual(pair.Second.Shares))) throw new InvalidOperationException("The plan of an unchanged world moved something.");
        context.Report(new() { Name = $"{name}, unchanged", Ours = unchanged, Unit = "ms", LowerIsBetter = true, Wanted = wanted });
        world.Lose(Clusters / 100);
        (_, double lost, _) = Best(context, world);
        context.Report(new() { Name = $"{name}, 1 % of the clusters lost", Ours = lost, Unit = "ms", LowerIsBetter = true, Wanted = wanted });
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
        return (plan, Math.Round(best, 1), Math.Round(leastProcessor, 1));
    }
}
