using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Planes;
using Federation.Bench.Results;

namespace Federation.Bench.Apply;

/// <summary>
/// From the start of <c>fedctl apply</c> to its end, which comes when every replica is ready: the shop of the examples, and 500 workloads of one
/// small process each, in one file. Beside the latter: the same processes started by themselves, one after the other.
/// </summary>
internal sealed class ApplyBenchmark : IBenchmark
{
    public string Name => "apply";

    public string Summary => "fedctl apply to all ready: the shop, and 500 workloads of a small process each";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int workloads = context.Quick ? 50 : 500, rounds = context.Quick ? 1 : 3;
        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
        context.Report(new() { Name = "a plane of three clusters, from nothing to ready", Ours = plane.ReadySeconds, Unit = "s", LowerIsBetter = true });
        if (context.Runs("the shop")) await MeasureShopAsync(context, plane, rounds, cancellationToken);
        string many = string.Create(CultureInfo.InvariantCulture, $"{workloads} workloads");
        if (context.Runs(many)) await MeasureManyAsync(context, plane, many, workloads, cancellationToken);
    }

    private static async Task MeasureShopAsync(BenchmarkContext context, LaunchedPlane plane, int rounds, CancellationToken ct)
    {
        string shop = Path.Combine(context.Root, "examples/shop");
        double best = double.MaxValue, removed = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            best = Math.Min(best, await TimeAsync(plane, null, ct, "apply", "-f", shop));
            if (round == 0) context.Report(new() { Name = "the shop, the first time", Ours = best, Unit = "s", LowerIsBetter = true });
            removed = Math.Min(removed, await TimeAsync(plane, null, ct, "delete", "-f", shop));
        }
        context.Report(new() { Name = "the shop, apply to all ready", Ours = best, Unit = "s", LowerIsBetter = true });
        context.Report(new() { Name = "the shop, delete to all gone", Ours = removed, Unit = "s", LowerIsBetter = true });
    }

    private static async Task MeasureManyAsync(BenchmarkContext context, LaunchedPlane plane, string name, int workloads, CancellationToken ct)
    {
        string file = SmallWorkloads.Of("small-", 0, workloads);
        double alone = StartAlone(workloads);
        double took = await TimeAsync(plane, file, ct, "apply", "-f", "-", "--timeout", "5m");
        context.Report(new() { Name = $"{name}, apply to all ready", Ours = took, Unit = "s", Peer = "the processes by themselves, started one after the other", PeerValue = alone, LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, ready", Ours = workloads / took, Unit = "workloads/s" });
        context.Report(new() { Name = $"{name}, applied again, unchanged", Ours = await TimeAsync(plane, file, ct, "apply", "-f", "-", "--timeout", "5m"), Unit = "s", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, delete to all gone", Ours = await TimeAsync(plane, file, ct, "delete", "-f", "-", "--timeout", "5m"), Unit = "s", LowerIsBetter = true });
    }

    private static async Task<double> TimeAsync(LaunchedPlane plane, string? input, CancellationToken ct, params string[] arguments)
    {
        long began = Stopwatch.GetTimestamp();
        await plane.FedctlAsync(input, ct, arguments);
        return Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 2);
    }

    private static double StartAlone(int processes)
    {
        var started = new List<Process>();
        try
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < processes; i++) started.Add(Process.Start(SmallWorkloads.Program, SmallWorkloads.Argument));
            return Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3);
        }
        finally
        {
            foreach (Process process in started)
            {
                process.Kill();
                process.WaitForExit();
                process.Dispose();
            }
        }
    }
}
