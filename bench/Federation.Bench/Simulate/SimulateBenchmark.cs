using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Federation.Bench.Results;

namespace Federation.Bench.Simulate;

/// <summary>
/// Runs simulated schedules on all cores and counts their faults by kind. <c>FEDERATION_SCHEDULES</c> sets how many, <c>FEDERATION_SEED</c> the first
/// seed. The schedules are those of tests/Simulation.Tests, run by that program itself.
/// </summary>
internal sealed class SimulateBenchmark : IBenchmark
{
    private const string Project = "tests/Simulation.Tests";

    public string Name => "simulate";

    public string Summary => "simulated schedules with faults: how many, how many were clean, and the faults by kind";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string schedules = Environment.GetEnvironmentVariable("FEDERATION_SCHEDULES") ?? (context.Quick ? "20" : "5000");
        await RunAsync(context, "dotnet", ["build", Project, "-c", "Release", "-v", "quiet", "-nologo"], [], cancellationToken);
        string report = Path.Combine(Path.GetTempPath(), $"federation-simulate-{Environment.ProcessId}.json");
        string program = Path.Combine(context.Root, Project, "bin/Release/net10.0/Simulation.Tests");
        // A run with failures says so at its end, and its report counts them.
        await RunAsync(
            context, program, ["--no-progress", "--filter-method", "*Run_ManySchedules*"],
            [("FEDERATION_SCHEDULES", schedules), ("FEDERATION_REPORT", report), ("FEDERATION_FAILURES", int.MaxValue.ToString(CultureInfo.InvariantCulture)), ("DOTNET_GCgen0size", "0x4000000")],
            cancellationToken);
        using JsonDocument told = JsonDocument.Parse(await File.ReadAllBytesAsync(report, cancellationToken));
        File.Delete(report);
        double run = told.RootElement.GetProperty("schedules").GetDouble(), failures = told.RootElement.GetProperty("failures").GetDouble();
        context.Report(new() { Name = "schedules", Ours = run, Unit = "schedules" });
        context.Report(new() { Name = "schedules that broke an invariant", Ours = failures, Unit = "schedules", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        context.Report(new() { Name = "processor time of one schedule", Ours = Math.Round(told.RootElement.GetProperty("processorSeconds").GetDouble() * 1000 / run, 1), Unit = "ms", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(100) });
        context.Report(new() { Name = "rate on all cores", Ours = Math.Round(run / told.RootElement.GetProperty("seconds").GetDouble(), 1), Unit = "schedules/s" });
        foreach (JsonProperty fault in told.RootElement.GetProperty("faults").EnumerateObject())
        {
            context.Report(new() { Name = $"fault: {fault.Name}", Ours = fault.Value.GetProperty("injected").GetDouble(), Unit = "times" });
            context.Report(new() { Name = $"fault: {fault.Name}, in", Ours = fault.Value.GetProperty("schedules").GetDouble(), Unit = "schedules" });
        }
    }

    private static async Task RunAsync(
        BenchmarkContext context, string program, string[] arguments, (string Name, string Value)[] environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = context.Root, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        for (string? line; (line = await process.StandardOutput.ReadLineAsync(cancellationToken)) is not null;) BenchmarkContext.Log(line);
        await process.WaitForExitAsync(cancellationToken);
    }
}
