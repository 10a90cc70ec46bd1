using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Federation.Bench.Planes;
using Federation.Bench.Results;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.TestKit.Engine;

namespace Federation.Bench.Swarm;

/// <summary>
/// A real swarm of a manager and a worker, in network namespaces, driven by a plane's agent and, in turns, by Debian's docker command: a stack until all its tasks run;
/// 500 services, which no machine may run, so that only their making counts; 200 services of the docker command, which the plane adopts; and a worker whose engine is killed. Needs root, Debian's docker.io and busybox.
/// </summary>
internal sealed class SwarmBenchmark : IBenchmark
{
    // The one beside the engine; there may be others before it on the path.
    private const string Docker = "/usr/bin/docker";
    private const string Constraint = "node.labels.bench==absent";

    public string Name => "swarm";

    public string Summary => "a stack and 500 services on a real swarm, beside the docker command, and a worker that dies (needs root, docker.io)";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (SwarmBed.Missing is { } missing) throw new InvalidOperationException($"The benchmark {missing}");
        int rounds = context.Quick ? 1 : 5, services = context.Quick ? 20 : 500;
        // 500 tasks of one network need more addresses than swarms give by themselves.
        await using SwarmBed bed = await SwarmBed.StartAsync(machines: 2, subnetSize: 20);
        // What people install, beside what they install of Docker.
        using PublishedPrograms published = await PublishedPrograms.MakeAsync(context.Root, cancellationToken);
        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken, published.Fedctl);
        await using SwarmAgent agent = await SwarmAgent.StartAsync(published.Agent, plane, bed.Manager, cancellationToken);
        string folder = Directory.CreateTempSubdirectory("federation-swarm-").FullName;
        try
        {
            string file = Path.Combine(folder, "docker-stack.yml");
            await File.WriteAllTextAsync(file, Stack(), cancellationToken);
            if (context.Runs("a stack")) await MeasureStackAsync(context, plane, bed.Manager, file, rounds, cancellationToken);
            if (context.Runs("services")) await MeasureServicesAsync(context, plane, bed.Manager, Path.Combine(folder, "services.yml"), services, cancellationToken);
            if (context.Runs("adoption")) await MeasureAdoptionAsync(context, plane, bed.Manager, Path.Combine(folder, "old.yml"), context.Quick ? 20 : 200, cancellationToken);
            if (context.Runs("a worker")) await MeasureLossAsync(context, plane, bed, file, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Stack()
    {
        var file = new StringBuilder("version: \"3.8\"\nservices:\n");
        foreach ((string name, int replicas) in ((string, int)[])[("web", 3), ("api", 4), ("cache", 2), ("db", 1)])
            file.Append(CultureInfo.InvariantCulture, $"  {name}: {{ image: \"{DockerEngine.Image}\", command: [/bin/sleep, \"86400\"], stop_grace_period: 1s, deploy: {{ replicas: {replicas}, endpoint_mode: dnsrr }} }}\n");
        return file.ToString();
    }

    private static async Task MeasureStackAsync(BenchmarkContext context, LaunchedPlane plane, DockerEngine manager, string file, int rounds, CancellationToken ct)
    {
        const int Tasks = 10;
        List<double> ours = [], ready = [], theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            long began = Stopwatch.GetTimestamp();
            Task<string> deploying = plane.FedctlAsync(null, ct, "stack", "deploy", "-c", file, "bench", "--timeout", "5m");
            await RunningAsync(manager, Tasks, ct);
            ours.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await deploying;
            ready.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await plane.FedctlAsync(null, ct, "stack", "rm", "bench");
            await EmptyAsync(manager, ct);

            began = Stopwatch.GetTimestamp();
            Task theirDeploying = DockerAsync(manager, ct, "stack", "deploy", "--resolve-image", "never", "-c", file, "bench");
            await RunningAsync(manager, Tasks, ct);
            theirs.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            await theirDeploying;
            await RemoveByDockerAsync(manager, ct);
            await EmptyAsync(manager, ct);
        }
        context.Report(new()
        {
            Name = $"a stack of 4 services and {Tasks} tasks, apply to all running, median of {rounds}",
            Ours = Median(ours),
            Unit = "s",
            Peer = "docker stack deploy",
            PeerValue = Median(theirs),
            LowerIsBetter = true,
            Wanted = new BenchmarkGoal.Times(1 / 1.2),
        });
        context.Report(new() { Name = "a stack, apply to the plane's calling it ready", Ours = Median(ready), Unit = "s", LowerIsBetter = true });
    }

    private static async Task MeasureServicesAsync(BenchmarkContext context, LaunchedPlane plane, DockerEngine manager, string file, int services, CancellationToken ct)
    {
        var text = new StringBuilder("version: \"3.8\"\nservices:\n");
        for (int number = 0; number < services; number++)
            text.Append(CultureInfo.InvariantCulture, $"  s{number:D3}: {{ image: \"{DockerEngine.Image}\", command: [/bin/sleep, \"86400\"], deploy: {{ replicas: 1, endpoint_mode: dnsrr, placement: {{ constraints: [\"{Constraint}\"] }} }} }}\n");
        await File.WriteAllTextAsync(file, text.ToString(), ct);
        long began = Stopwatch.GetTimestamp();
        await plane.FedctlAsync(null, ct, "stack", "deploy", "--detach", "-c", file, "many");
        double accepted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await LaunchedPlane.UntilAsync("all services are made", async () => await CountAsync(manager, "services") == services, ct);
        double ours = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await plane.FedctlAsync(null, ct, "stack", "rm", "many");
        await EmptyAsync(manager, ct);

        await DockerAsync(manager, ct, "network", "create", "--driver", "overlay", "theirs");
        began = Stopwatch.GetTimestamp();
        for (int number = 0; number < services; number++)
            await DockerAsync(manager, ct, "service", "create", "--detach", "--quiet", "--no-resolve-image", "--network", "theirs", "--endpoint-mode", "dnsrr", "--constraint", Constraint,
                "--name", string.Create(CultureInfo.InvariantCulture, $"s{number:D3}"), DockerEngine.Image, "/bin/sleep", "86400");
        double theirs = Stopwatch.GetElapsedTime(began).TotalSeconds;
        context.Report(new()
        {
            Name = $"{services} services that no machine may run, apply to all made",
            Ours = ours,
            Unit = "s",
            Peer = "docker service create, one after the other",
            PeerValue = theirs,
            LowerIsBetter = true,
            Wanted = new BenchmarkGoal.Times(3),
        });
        context.Report(new() { Name = $"{services} services, apply to accepted", Ours = accepted, Unit = "s", LowerIsBetter = true });
        foreach (string[] some in Enumerable.Range(0, services).Select(static number => string.Create(CultureInfo.InvariantCulture, $"s{number:D3}")).Chunk(50)) await DockerAsync(manager, ct, ["service", "rm", .. some]);
        await EmptyAsync(manager, ct);
    }

    private static async Task MeasureAdoptionAsync(BenchmarkContext context, LaunchedPlane plane, DockerEngine manager, string file, int services, CancellationToken ct)
    {
        var text = new StringBuilder("version: \"3.8\"\nservices:\n");
        for (int number = 0; number < services; number++)
            text.Append(CultureInfo.InvariantCulture, $"  s{number:D3}: {{ image: \"{DockerEngine.Image}\", command: [/bin/sleep, \"86400\"], stop_grace_period: 1s, deploy: {{ replicas: 1, endpoint_mode: dnsrr }} }}\n");
        await File.WriteAllTextAsync(file, text.ToString(), ct);
        await DockerAsync(manager, ct, "stack", "deploy", "--resolve-image", "never", "-c", file, "old");
        await RunningAsync(manager, services, ct);
        HashSet<string> before = await TasksAsync(manager, ct);
        long began = Stopwatch.GetTimestamp();
        await plane.FedctlAsync(null, ct, "cluster", "import", "north", "--stack", "old", "--timeout", "5m");
        double adopted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        HashSet<string> after = await TasksAsync(manager, ct);
        context.Report(new() { Name = $"{services} services that run already, import to the plane's calling all ready", Ours = adopted, Unit = "s", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(120) });
        context.Report(new() { Name = $"{services} services that run already, tasks that were started anew or ended", Ours = before.Union(after).Count() - before.Intersect(after).Count(), Unit = "tasks", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        await plane.FedctlAsync(null, ct, "stack", "rm", "old");
        await EmptyAsync(manager, ct);
    }

    private static async Task<HashSet<string>> TasksAsync(DockerEngine manager, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        using JsonDocument tasks = await manager.GetAsync("tasks");
        return [.. tasks.RootElement.EnumerateArray().Where(static task => StateOf(task) == "running").Select(static task => task.GetProperty("ID").GetString()!)];
    }

    private static async Task MeasureLossAsync(BenchmarkContext context, LaunchedPlane plane, SwarmBed bed, string file, CancellationToken ct)
    {
        await plane.FedctlAsync(null, ct, "stack", "deploy", "-c", file, "bench", "--timeout", "5m");
        using FederationClient client = FederationClient.Create(ContextFile.Load(Path.Combine(plane.StateDirectory, "context.json")).File.Find(null)!);
        string worker;
        using (JsonDocument nodes = await bed.Manager.GetAsync("nodes")) worker = nodes.RootElement.EnumerateArray().Single(static node => node.GetProperty("Spec").GetProperty("Role").GetString() == "worker").GetProperty("ID").GetString()!;
        HashSet<string> lost;
        using (JsonDocument tasks = await bed.Manager.GetAsync("tasks"))
            lost = [.. tasks.RootElement.EnumerateArray().Where(task => StateOf(task) == "running" && task.TryGetProperty("NodeID", out JsonElement node) && node.GetString() == worker).Select(static task => task.GetProperty("ID").GetString()!)];
        long began = Stopwatch.GetTimestamp();
        await bed.Machines[1].StopDaemonAsync(byForce: true);
        async Task<double> WhenAsync(string what, Func<Task<bool>> holds)
        {
            await LaunchedPlane.UntilAsync(what, holds, ct);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        Task<double> theirs = WhenAsync("the managers call the worker down", async () =>
        {
            using JsonDocument nodes = await bed.Manager.GetAsync($"nodes/{worker}");
            return nodes.RootElement.GetProperty("Status").GetProperty("State").GetString() == "down";
        });
        Task<double> ours = WhenAsync("the plane tells that none of its tasks is ready", async () => !(await client.AllReplicasAsync("north", ct)).Any(replica => lost.Contains(replica.Id) && replica.State == "Ready"));
        context.Report(new()
        {
            Name = $"a worker's engine killed, {lost.Count} tasks, to the plane's telling that none is ready",
            Ours = await ours,
            Unit = "s",
            Peer = "docker node ls: down",
            PeerValue = await theirs,
            LowerIsBetter = true,
        });
        context.Report(new()
        {
            Name = "a worker's engine killed, to all replicas ready elsewhere",
            Ours = await WhenAsync("all run elsewhere", async () => (await client.AllReplicasAsync("north", ct)).Count(static replica => replica.State == "Ready") >= 10),
            Unit = "s",
            LowerIsBetter = true,
        });
    }

    private static Task RunningAsync(DockerEngine manager, int wanted, CancellationToken ct) => LaunchedPlane.UntilAsync("all tasks run", async () =>
    {
        using JsonDocument tasks = await manager.GetAsync("tasks");
        return tasks.RootElement.EnumerateArray().Count(static task => StateOf(task) == "running") == wanted;
    }, ct);

    // Services are gone before their tasks are, and tasks before their containers.
    private static Task EmptyAsync(DockerEngine manager, CancellationToken ct) => LaunchedPlane.UntilAsync("nothing is left", async () => await CountAsync(manager, "services") == 0 && await CountAsync(manager, "tasks") == 0 && await CountAsync(manager, "containers/json") == 0, ct);

    private static async Task<int> CountAsync(DockerEngine manager, string what)
    {
        using JsonDocument all = await manager.GetAsync(what);
        return all.RootElement.GetArrayLength();
    }

    private static string? StateOf(JsonElement task) => task.GetProperty("Status").GetProperty("State").GetString();

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // The command removes the network while tasks that end are in it yet, and is refused that at times: the next try finds it empty.
    private static async Task RemoveByDockerAsync(DockerEngine manager, CancellationToken ct)
    {
        for (int left = 20; ; left--)
        {
            try
            {
                await DockerAsync(manager, ct, "stack", "rm", "bench");
                return;
            }
            catch (InvalidOperationException e) when (left > 0 && e.Message.Contains("in use", StringComparison.Ordinal))
            {
                await Task.Delay(500, ct);
            }
        }
    }

    private static async Task DockerAsync(DockerEngine manager, CancellationToken ct, params string[] arguments)
    {
        using Process docker = Process.Start(new ProcessStartInfo(Docker, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOCKER_HOST"] = "unix://" + manager.SocketPath } })!;
        Task<string> errors = docker.StandardError.ReadToEndAsync(ct);
        await docker.StandardOutput.ReadToEndAsync(ct);
        await docker.WaitForExitAsync(ct);
        if (docker.ExitCode != 0) throw new InvalidOperationException($"docker {string.Join(' ', arguments)} ended with {docker.ExitCode}: {await errors}");
    }
}
