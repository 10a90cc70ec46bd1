using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Planes;
using Federation.Bench.Results;

namespace Federation.Bench.Recover;

/// <summary>
/// A plane dies and its state is destroyed while 200 workloads run: from there to the plane deciding again, with nothing started anew. Once with the offline kit
/// alone, and once with the kit and a backup that was taken while workloads were applied.
/// </summary>
internal sealed class RecoverBenchmark : IBenchmark
{
    private const string Prefix = "kept-";

    public string Name => "recover";

    public string Summary => "a plane's state destroyed with 200 workloads running: back by the offline kit, and by kit and backup";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int workloads = context.Quick ? 20 : 200;
        foreach (bool backedUp in (bool[])[false, true])
        {
            string part = string.Create(CultureInfo.InvariantCulture, $"{workloads} workloads, {(backedUp ? "kit and backup" : "kit alone")}");
            if (context.Runs(part)) await MeasureAsync(context, part, workloads, backedUp, cancellationToken);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, string part, int workloads, bool backedUp, CancellationToken ct)
    {
        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, ct);
        // Outside the state: what is kept there is lost with it.
        string safe = Directory.CreateTempSubdirectory("federation-kept-").FullName;
        try
        {
            string kit = Path.Combine(safe, "plane.kit"), backup = Path.Combine(safe, "plane.backup"), passphrase = Path.Combine(safe, "passphrase");
            await File.WriteAllTextAsync(passphrase, "correct horse battery staple", ct);
            await plane.FedctlAsync(null, ct, "recover", "kit", "-o", kit, "--passphrase-file", passphrase);
            // Half of them while the backup is taken: what came after it is known to the clusters alone.
            await plane.FedctlAsync(SmallWorkloads.Of(Prefix, 0, workloads / 2), ct, "apply", "-f", "-", "--timeout", "5m");
            Task<string> applied = plane.FedctlAsync(SmallWorkloads.Of(Prefix, workloads / 2, workloads), ct, "apply", "-f", "-", "--timeout", "5m");
            if (backedUp) await plane.FedctlAsync(null, ct, "backup", "-o", backup);
            await applied;
            // Without a health check a workload is ready once its process is there, some steps before that has become the program.
            SortedSet<(int, string)> before = [];
            await LaunchedPlane.UntilAsync("all programs run", () => Task.FromResult((before = plane.ProgramsOf(SmallWorkloads.Program)).Count == workloads), ct);

            await plane.CrashAsync(ct);
            foreach (string lost in (string[])["services", "keys", "bootstrap"]) Directory.Delete(Path.Combine(plane.StateDirectory, lost), recursive: true);
            long began = Stopwatch.GetTimestamp();
            string[] from = backedUp ? ["--kit", kit, "--backup", backup] : ["--kit", kit];
            await plane.FedctlAsync(null, ct, ["recover", .. from, "--passphrase-file", passphrase, "--state", plane.StateDirectory]);
            await plane.ResumeAsync(ct);
            await LaunchedPlane.UntilAsync("every node has reported", async () => (await plane.FedctlAsync(null, ct, "recover", "status")).Contains(" 0 awaited", StringComparison.Ordinal), ct);
            double reported = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await plane.FedctlAsync(null, ct, backedUp ? ["recover", "finish", "--adopt"] : ["recover", "finish"]);
            await LaunchedPlane.UntilAsync("all are known and ready", async () => await ReadyAsync(plane, ct) == workloads, ct);
            double took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            SortedSet<(int, string)> after = plane.ProgramsOf(SmallWorkloads.Program);
            context.Report(new() { Name = $"{part}, every node has reported", Ours = Math.Round(reported, 1), Unit = "s", LowerIsBetter = true });
            context.Report(new() { Name = $"{part}, all known and ready", Ours = Math.Round(took, 1), Unit = "s", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(120) });
            context.Report(new() { Name = $"{part}, programs started anew", Ours = after.Except(before).Count(), Unit = "programs", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
            context.Report(new() { Name = $"{part}, programs lost", Ours = before.Except(after).Count(), Unit = "programs", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
            // They end with their workloads, not by being looked for.
            await plane.FedctlAsync(SmallWorkloads.Of(Prefix, 0, workloads), ct, "delete", "-f", "-", "--timeout", "5m");
        }
        finally
        {
            Directory.Delete(safe, recursive: true);
        }
    }

    private static async Task<int> ReadyAsync(LaunchedPlane plane, CancellationToken ct) =>
        (await plane.FedctlAsync(null, ct, "get", "workloads")).Split('\n').Count(static line => line.StartsWith(Prefix, StringComparison.Ordinal) && line.Contains(" Ready ", StringComparison.Ordinal));
}
