using System.Diagnostics;
using Federation.Bench.Planes;
using Federation.Bench.Results;

namespace Federation.Bench.Footprint;

/// <summary>
/// Memory of every process of the sample world, idle and with the shop, and of an agent that was published as one file. What is resident is told
/// apart: what is the process's own, and what are pages of the framework's files, which all .NET processes of a machine share.
/// </summary>
internal sealed class FootprintBenchmark : IBenchmark
{
    private const double AgentGoal = 55;
    private const string OneFile = "agent, one file";

    public string Name => "footprint";

    public string Summary => "resident and anonymous memory of every process, idle and with the shop; sizes of the single files";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        TimeSpan settle = context.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(20);
        using PublishedPrograms published = await PublishedPrograms.MakeAsync(context.Root, cancellationToken);
        Size(context, "fedctl, one file", published.Fedctl);
        Size(context, OneFile, published.Agent);

        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
        using Process single = await StartAgentAsync(plane, published.Agent, Path.Combine(published.Folder, "state"), cancellationToken);
        try
        {
            await plane.FedctlAsync(null, cancellationToken, "wait", "cluster", "bench", "--for=ready", "--timeout", "60s");
            await Task.Delay(settle, cancellationToken);
            Measure(context, plane, single, "idle");
            await plane.FedctlAsync(null, cancellationToken, "apply", "-f", Path.Combine(context.Root, "examples/shop"));
            await Task.Delay(settle, cancellationToken);
            Measure(context, plane, single, "with the shop");
        }
        finally
        {
            await LaunchedPlane.InterruptAsync(single);
            // What it ran outlives it, as of every agent.
            LaunchedPlane.EndMarked(published.Folder);
        }
    }

    private static void Measure(BenchmarkContext context, LaunchedPlane plane, Process single, string when)
    {
        var found = RunningProcesses.Of(plane.Launcher, plane.StateDirectory).Append((OneFile, single.Id))
            .Select(static one => (Role: one.Item1, Memory: ProcessMemory.Of(one.Item2)))
            .Where(static one => one.Memory is not null)
            .GroupBy(static one => one.Role, static one => one.Memory!)
            .OrderBy(static group => group.Key, StringComparer.Ordinal);
        ProcessMemory all = ProcessMemory.None;
        foreach (var group in found)
        {
            // The most that any of them holds.
            ProcessMemory worst = group.MaxBy(static memory => memory.Resident)!;
            all = group.Aggregate(all, static (sum, memory) => sum + memory);
            string name = $"{when}, {group.Key}{(group.Count() > 1 ? $" (the largest of {group.Count()})" : "")}";
            Report($"{name}, resident", worst.Resident, group.Key == OneFile ? new BenchmarkGoal.AtMost(AgentGoal) : null);
            Report($"{name}, of it anonymous", worst.Anonymous, null);
            Report($"{name}, of it code made at run time", worst.Generated, null);
            Report($"{name}, of it pages of files", worst.Files, null);
        }
        Report($"{when}, all processes, shared pages counted once", all.Proportional, null);
        Report($"{when}, all processes, anonymous", all.Anonymous, null);

        void Report(string name, double megabytes, BenchmarkGoal? goal) => context.Report(new() { Name = name, Ours = megabytes, Unit = "MB", LowerIsBetter = true, Wanted = goal });
    }

    // The published agent, as a node of a fourth cluster.
    private static async Task<Process> StartAgentAsync(LaunchedPlane plane, string program, string state, CancellationToken ct)
    {
        await plane.FedctlAsync("apiVersion: federation/v1\nkind: Cluster\nmetadata:\n  name: bench\n", ct, "apply", "-f", "-");
        string token = Path.Combine(Directory.CreateDirectory(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName, "join");
        await File.WriteAllTextAsync(token, await plane.FedctlAsync(null, ct, "node", "join-token", "--cluster", "bench", "--node", "n1"), ct);
        Process agent = Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["Agent__Cluster"] = "bench",
                ["Agent__Node"] = "n1",
                ["Agent__StateDirectory"] = Path.Combine(state, "agent"),
                ["Agent__JoinTokenFile"] = token,
                // The programs of the other agents: it takes its share of the shop.
                ["Agent__ProgramPath"] = (await File.ReadAllLinesAsync(Path.Combine(plane.StateDirectory, "sample-program"), ct))[0],
                ["services__identity__grpc__0"] = LaunchedPlane.Grpc(7111),
                ["services__placement__grpc__0"] = LaunchedPlane.Grpc(7131),
                ["services__health__grpc__0"] = LaunchedPlane.Grpc(7141),
                ["services__gateway__grpc__0"] = LaunchedPlane.Grpc(7071),
            },
        })!;
        agent.OutputDataReceived += static (_, _) => { };
        agent.BeginOutputReadLine();
        return agent;
    }

    private static void Size(BenchmarkContext context, string name, string file) =>
        context.Report(new() { Name = name, Ours = new FileInfo(file).Length / 1048576.0, Unit = "MB on disk", LowerIsBetter = true });
}
