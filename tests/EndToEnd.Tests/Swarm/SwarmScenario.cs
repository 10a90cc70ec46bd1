using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Guides;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace EndToEnd.Tests.Swarm;

/// <summary>
/// A swarm's life under a plane, step by step in the order of the names: registered as the guide says, given a part of a workload that native processes share,
/// rolled over, meddled with, without its manager, and back. The steps share one plane and one swarm.
/// </summary>
[TestCaseOrderer(typeof(StepOrder))]
public sealed partial class SwarmScenario : IClassFixture<SwarmWorld>
{
    private const string Guide = "docs/guides/docker-swarm.md";
    private const string NeedsSwarm = "it needs a swarm";
    private const string Host = "site.localhost";
    private const int Replicas = 3;
    private readonly SwarmWorld _world;

    public SwarmScenario(SwarmWorld world)
    {
        Assert.SkipWhen(SwarmWorld.Missing is not null, SwarmWorld.Missing ?? "");
        _world = world;
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RunningPlane Plane => _world.Plane;

    private DockerEngine Manager => _world.Bed.Manager;

    [Fact]
    public async Task Step1_Register_AsTheGuideSays_IsReadyWithItsCapacity()
    {
        string folder = GuideScript.Workplace(Path.Combine(Plane.Shared, "swarm"));
        GuideBlock[] blocks = [.. GuideBlock.In(File.ReadAllText(Path.Combine(Repository.Root, Guide))).Where(static block => block.NotRun is null or NeedsSwarm)];
        Assert.NotEmpty(blocks);
        CommandResult result = await Command.Start("bash", ["-xc", $"exec 2>&1\ncd '{folder}'\n{GuideScript.Of(blocks, Plane)}\necho \"the agent is $agent.\""], new Dictionary<string, string>
        {
            [ContextFile.Variable] = Plane.ContextPath,
            ["DOCKER_HOST"] = "unix://" + Manager.SocketPath,
        }).EndAsync(TimeSpan.FromMinutes(2), Cancelled);
        string log = Path.Combine(folder, "north-agent.log");
        Assert.True(result.ExitCode == 0, $"{Guide}: exit code {result.ExitCode}, at the end of\n{result.Out}\n{(File.Exists(log) ? File.ReadAllText(log) : "")}");
        _world.Agent = int.Parse(Regex.Match(result.Out, @"^the agent is (\d+)\.$", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);

        Cluster north = await Plane.Client.GetAsync<Cluster>("north", ct: Cancelled);
        Assert.Equal(VerdictState.Ready, north.Status!.State);
        Assert.Equal(Environment.ProcessorCount * 1000, north.Status.Allocatable.Cpu.Value);
    }

    [Fact]
    public async Task Step2_Apply_AnImageThatNativeNodesRunAsAProcess_IsSpreadOverBoth_AndServed()
    {
        await ApplyAsync("one");
        IReadOnlyList<ReplicaView> replicas = await Plane.ReplicasAsync("site");
        Assert.Equal(["edge", "north"], replicas.Select(static replica => replica.Cluster).Distinct().Order());
        // The image's page, and the folder's.
        var pages = new SortedSet<string>();
        await Eventually.TrueAsync("both kinds of replica answer", async () => pages.Add(await AskAsync()) is var _ && pages.SetEquals(["ok\n", "native\n"]), () => Task.FromResult(string.Join(", ", pages)));

        string task = replicas.First(static replica => replica.Cluster == "north").Id;
        CommandResult logs = (await Plane.FedctlAsync("logs", "site", "--replica", task)).Done();
        Assert.Contains("started one", logs.Out, StringComparison.Ordinal);
        CommandResult inside = (await Plane.FedctlAsync("exec", "site", "--replica", task, "--", "cat", "/www/index.html")).Done();
        Assert.Equal("ok\n", inside.Out);
        await Plane.ReadyAsync("db");
    }

    [Fact]
    public async Task Step2b_Apply_ADeploymentAndItsLoadBalancerOfKubernetes_RunOnTheSwarm_AndAreServed()
    {
        string manifest = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples/kubernetes/nginx.yaml"), Cancelled);
        string file = Path.Combine(Plane.Shared, "nginx.yaml");
        // The example as it stands, but for an image that is there, whose program ends on no signal.
        await File.WriteAllTextAsync(file, manifest
            .Replace("image: nginx:1.27-alpine", $"image: {DockerEngine.Image}\n          command: [/bin/httpd, -f, -p, \"80\", -h, /www]", StringComparison.Ordinal)
            .Replace("      containers:", "      terminationGracePeriodSeconds: 1\n      containers:", StringComparison.Ordinal)
            .Replace("replicas: 3", "replicas: 1", StringComparison.Ordinal), Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
        Assert.Equal(["north"], (await Plane.ReplicasAsync("nginx")).Select(static replica => replica.Cluster).Distinct());
        Assert.Equal("ok\n", await AskAsync("nginx.default.localhost"));
        (await Plane.FedctlAsync("delete", "-f", file)).Done();
    }

    [Fact]
    public async Task Step2c_Apply_OneOnEachMachine_RunsOnceOnEachNodeAndEachMachineOfTheSwarm_AndIsReplacedThere()
    {
        string file = Path.Combine(Plane.Shared, "watcher.yaml");
        string[] machines = [.. (await Plane.Client.ListAsync<Cluster>(ct: Cancelled)).Items.Select(static cluster => $"{cluster.Metadata.Name} {cluster.Status!.Nodes}").Order(StringComparer.Ordinal)];
        Assert.True(machines.Length > 1, string.Join(", ", machines));
        foreach (string version in (string[])["1", "2"])
        {
            await File.WriteAllTextAsync(file, $$"""
                apiVersion: federation/v1
                kind: Workload
                metadata: { name: watcher }
                spec:
                  template:
                    image: {{DockerEngine.Image}}
                    container: { mode: global, command: [/bin/sleep, "600"] }
                    process: { command: /bin/sleep, arguments: ["600"] }
                    environment: { VERSION: "{{version}}" }
                    stopGraceSeconds: 1
                """, Cancelled);
            (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
            Assert.Equal(machines, (await Plane.ReplicasAsync("watcher")).GroupBy(static replica => replica.Cluster)
                .Select(static group => $"{group.Key} {group.Select(static replica => replica.Node).Distinct().Count()}").Order(StringComparer.Ordinal));
        }
        CommandResult scaled = await Plane.FedctlAsync("scale", "watcher", "--replicas", "5");
        Assert.NotEqual(0, scaled.ExitCode);
        Assert.Contains("has as many as there are nodes that may run it", scaled.All, StringComparison.Ordinal);
        (await Plane.FedctlAsync("delete", "-f", file)).Done();
    }

    [Fact]
    public async Task Step3_NewVersion_UnderLoad_FailsNoRequest()
    {
        await using ConstantLoad load = ConstantLoad.Start(Plane.Ingress, Host, orders: false);
        await load.FlowsAsync(20);
        await ApplyAsync("two");
        await load.FlowsAsync(20);
        LoadAssert.NoneFailed(await load.EndAsync());
        JsonElement service = Assert.Single(await ServicesAsync("site"));
        Assert.Contains("TEXT=two", service.GetProperty("Spec").GetProperty("TaskTemplate").GetProperty("ContainerSpec").GetProperty("Env").EnumerateArray().Select(static one => one.GetString()));
    }

    [Fact]
    public async Task Step4_Service_ThatSomeoneChanged_IsRepaired_AndAForeignOneIsNotTouched()
    {
        JsonNode theirs = JsonNode.Parse(await Manager.SendAsync(HttpMethod.Post, "services/create", new
        {
            Name = "theirs",
            TaskTemplate = new { ContainerSpec = new { DockerEngine.Image, Command = (string[])["/bin/sleep", "600"] } },
            Mode = new { Replicated = new { Replicas = 1 } },
        }))!;
        JsonElement ours = Assert.Single(await ServicesAsync("site"));
        JsonNode spec = JsonNode.Parse(ours.GetProperty("Spec").GetRawText())!;
        spec["TaskTemplate"]!["ContainerSpec"]!["Env"]!.AsArray().Add("INTRUDER=1");
        await Manager.SendAsync(HttpMethod.Post, $"services/{ours.GetProperty("ID").GetString()}/update?version={ours.GetProperty("Version").GetProperty("Index").GetInt64()}", spec);
        await Eventually.TrueAsync("the service is as ordered again", async () => Assert.Single(await ServicesAsync("site")) is var now && IsIntruded(now, "PreviousSpec") && !IsIntruded(now, "Spec"));
        // The swarm makes all tasks of a changed service anew.
        await Eventually.TrueAsync("the tasks are of the repaired service, and the plane sees no others", async () =>
        {
            using JsonDocument tasks = await Manager.GetAsync($"tasks?filters={Uri.EscapeDataString($$"""{"service":["{{ours.GetProperty("ID").GetString()}}"]}""")}");
            JsonElement[] running = [.. tasks.RootElement.EnumerateArray().Where(static task => task.GetProperty("Status").GetProperty("State").GetString() == "running")];
            return running.Length > 0 && running.All(static task => task.GetProperty("DesiredState").GetString() == "running" && !IsIntruded(task))
                && (await Plane.ReplicasAsync("site")).Where(static replica => replica.Cluster == "north").Select(static replica => (replica.Id, replica.State)).Order()
                    .SequenceEqual(running.Select(static task => (task.GetProperty("ID").GetString()!, "Ready")).Order());
        }, async () => (await Plane.FedctlAsync("describe", "workload", "site")).All);
        await Plane.ReadyAsync("site");
        using JsonDocument there = await Manager.GetAsync($"services/{theirs["ID"]!.GetValue<string>()}");
        Assert.False(there.RootElement.TryGetProperty("PreviousSpec", out _));
    }

    [Fact]
    public async Task Step5_KillTheOnlyManager_WorkRunsElsewhereAfterItsToleration_AndTheDatabaseIsStrandedAndNotStartedTwice()
    {
        IReadOnlyList<ReplicaView> before = await Plane.ReplicasAsync("site");
        string[] tasks = [.. before.Where(static replica => replica.Cluster == "north").Select(static replica => replica.Id)];
        Assert.NotEmpty(tasks);
        await Manager.StopDaemonAsync(byForce: true);
        await Eventually.TrueAsync("all that was ordered runs on native nodes", async () =>
            (await Plane.ReplicasAsync("site")).Count(static replica => replica is { Cluster: "edge", State: "Ready" }) == Replicas, async () => (await Plane.FedctlAsync("describe", "workload", "site")).All);
        await Eventually.TrueAsync("the database is stranded", async () =>
            (await Plane.Client.GetAsync<Workload>("db", ct: Cancelled)).Status!.Message?.Contains("its volumes have their home on north", StringComparison.Ordinal) == true, async () => (await Plane.FedctlAsync("describe", "workload", "db")).All);
        Assert.Equal("north", Assert.Single(await Plane.ReplicasAsync("db")).Cluster);
        // Its tasks go on without it: they are still told, as what may run.
        Assert.Equal(tasks.Order(), (await Plane.ReplicasAsync("site")).Where(static replica => replica.Cluster == "north").Select(static replica => replica.Id).Order());
        Assert.Equal(VerdictState.Unreachable, (await Plane.Client.GetAsync<Cluster>("north", ct: Cancelled)).Status!.State);
    }

    [Fact]
    public async Task Step6_TheManagerReturns_WhatIsTooMuchEndsThere_AndTheForeignServiceRuns()
    {
        await Manager.StartDaemonAsync();
        await Eventually.TrueAsync("the swarm is ready, and nothing is left that was replaced", async () =>
            (await Plane.Client.GetAsync<Cluster>("north", ct: Cancelled)).Status!.State == VerdictState.Ready && (await Plane.ReplicasAsync("site")) is { Count: Replicas } replicas && replicas.All(static replica => replica.State == "Ready"),
            async () => $"{(await Plane.FedctlAsync("describe", "workload", "site")).All}\n{(await Plane.FedctlAsync("get", "replicas")).All}");
        await Plane.ReadyAsync("db");
        ReplicaView db = Assert.Single(await Plane.ReplicasAsync("db"));
        // The engine ended it at its own return, and the swarm began it anew on the same volume: twice in all, never beside itself.
        Assert.Equal("begun\nbegun\n", (await Plane.FedctlAsync("exec", "db", "--replica", db.Id, "--", "cat", "/data/starts")).Done().Out);
        await Eventually.TrueAsync("the foreign service has its task", async () =>
        {
            using JsonDocument tasks = await Manager.GetAsync($"tasks?filters={Uri.EscapeDataString("""{"service":["theirs"],"desired-state":["running"]}""")}");
            return tasks.RootElement.EnumerateArray().Any(static task => task.GetProperty("Status").GetProperty("State").GetString() == "running");
        });
    }

    [Fact]
    public async Task Step6b_Import_WhatTheSwarmRanBefore_RestartsNothing_IsServed_AndIsUpdatedInItsNetwork()
    {
        const int count = 12;
        await Manager.SendAsync(HttpMethod.Post, "networks/create", new { Name = "old_net", Driver = "overlay" });
        for (int i = 0; i < count; i++)
        {
            await Manager.SendAsync(HttpMethod.Post, "services/create", new
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"old_s{i}"),
                Labels = new Dictionary<string, string> { ["com.docker.stack.namespace"] = "old" },
                TaskTemplate = new
                {
                    ContainerSpec = new { DockerEngine.Image, Command = (string[])["/bin/sh", "-c", "echo $TEXT > /www/index.html; exec httpd -f -p 80 -h /www"], Env = (string[])[string.Create(CultureInfo.InvariantCulture, $"TEXT=old {i}")], StopGracePeriod = 1_000_000_000L },
                    Networks = new[] { new { Target = "old_net" } },
                    Resources = new { Reservations = new { MemoryBytes = 8 << 20 } },
                },
                Mode = new { Replicated = new { Replicas = 1 } },
                EndpointSpec = new { Mode = "dnsrr", Ports = new[] { new { Protocol = "tcp", TargetPort = 80, PublishMode = "host" } } },
            });
        }
        string[] before = [];
        await Eventually.TrueAsync("all old services run", async () => (before = await RunningAsync("old_")).Length == count);
        Assert.Equal(count, (await Plane.FedctlAsync("cluster", "import", "north")).Done().Out.Split('\n').Count(static line => line.Contains("old_", StringComparison.Ordinal)));

        Assert.Equal(4, (await Plane.FedctlAsync("cluster", "import", "north", "old_s0", "nobody")).ExitCode);
        CommandResult printed = (await Plane.FedctlAsync("cluster", "import", "north", "old_s0", "--print")).Done();
        Assert.Contains("TEXT: old 0", printed.Out, StringComparison.Ordinal);
        CommandResult imported = (await Plane.FedctlAsync("cluster", "import", "north", "--stack", "old")).Done();
        Assert.Contains($"{count} of cluster north adopted", imported.Out, StringComparison.Ordinal);
        Assert.Equal(before, await RunningAsync("old_"));
        Assert.Equal(before, (await Plane.Client.AllReplicasAsync("north", Cancelled)).Where(static replica => replica.Workload[1..].All(char.IsAsciiDigit)).Select(static replica => replica.Id).Order(StringComparer.Ordinal));
        Assert.Contains("runs no service of a stack old", (await Plane.FedctlAsync("cluster", "import", "north", "--stack", "old")).All, StringComparison.Ordinal);

        string file = Path.Combine(Plane.Shared, "old-route.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: federation/v1
            kind: Route
            metadata: { name: old }
            spec: { host: old.localhost, workload: s3 }
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file)).Done();
        await Eventually.TrueAsync("what was adopted is served", async () => await AskAsync("old.localhost") == "old 3\n");
        (await Plane.FedctlAsync("service", "update", "--env-add", "TEXT=new 3", "old_s3")).Done();
        await Eventually.TrueAsync("its new version is served, in the old one's network", async () => await AskAsync("old.localhost") == "new 3\n", async () => (await Plane.FedctlAsync("describe", "workload", "s3")).All);
        await Eventually.TrueAsync("the adopted service is gone", async () => (await RunningAsync("old_s3")).Length == 0);
        string task = Assert.Single(await Plane.ReplicasAsync("s4")).Id;
        Assert.Equal("new 3\n", (await Plane.FedctlAsync("exec", "s4", "--replica", task, "--", "wget", "-q", "-O", "-", "http://old_s3/")).Done().Out);
        Assert.Equal(before.Length - 1, (await RunningAsync("old_")).Intersect(before).Count());
        (await Plane.FedctlAsync("delete", "route", "old")).Done();
        (await Plane.FedctlAsync("stack", "rm", "old")).Done();
        await Eventually.TrueAsync("the swarm has none of them any more", async () =>
        {
            using JsonDocument services = await Manager.GetAsync("services");
            return services.RootElement.EnumerateArray().All(static service => service.GetProperty("Spec").GetProperty("TaskTemplate").GetRawText().Contains("old_net", StringComparison.Ordinal) is false);
        });
    }

    // Tasks of the services whose names begin so.
    private async Task<string[]> RunningAsync(string services)
    {
        using JsonDocument all = await Manager.GetAsync("services"), tasks = await Manager.GetAsync($"tasks?filters={Uri.EscapeDataString("""{"desired-state":["running"]}""")}");
        HashSet<string?> meant = [.. all.RootElement.EnumerateArray().Where(service => service.GetProperty("Spec").GetProperty("Name").GetString()!.StartsWith(services, StringComparison.Ordinal)).Select(static service => service.GetProperty("ID").GetString())];
        return
        [
            .. tasks.RootElement.EnumerateArray().Where(task => meant.Contains(task.GetProperty("ServiceID").GetString()) && task.GetProperty("Status").GetProperty("State").GetString() == "running")
                .Select(static task => task.GetProperty("ID").GetString()!).Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsIntruded(JsonElement service, string spec) => HasIntruder(service.GetProperty(spec).GetProperty("TaskTemplate"));

    private static bool IsIntruded(JsonElement task) => HasIntruder(task.GetProperty("Spec"));

    private static bool HasIntruder(JsonElement template) =>
        template.GetProperty("ContainerSpec").GetProperty("Env").EnumerateArray().Any(static one => one.GetString() == "INTRUDER=1");

    [Fact]
    public async Task Step7_TakeAway_LeavesTheSwarmWithWhatIsNotOurs()
    {
        foreach (string resource in (string[])["route/site", "workload/site", "workload/db", "volume/data"]) (await Plane.FedctlAsync(["delete", .. resource.Split('/')])).Done();
        await Eventually.TrueAsync("the foreign service alone is left", async () =>
        {
            using JsonDocument services = await Manager.GetAsync("services");
            return services.RootElement.EnumerateArray().Select(static service => service.GetProperty("Spec").GetProperty("Name").GetString()).SequenceEqual(["theirs"]);
        }, async () => (await Plane.FedctlAsync("get", "replicas")).All);
        Signals.TryKill(_world.Agent!.Value);
        (await Plane.FedctlAsync("delete", "cluster", "north")).Done();
    }

    // One template in both forms: an image for the swarm, a process for native nodes.
    private async Task ApplyAsync(string text)
    {
        string www = Directory.CreateDirectory(Path.Combine(Plane.Shared, "www")).FullName;
        await File.WriteAllTextAsync(Path.Combine(www, "index.html"), "native\n", Cancelled);
        string file = Path.Combine(Plane.Shared, "site.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: federation/v1
            kind: PlacementPolicy
            metadata: { name: both }
            spec:
              affinity: [{ key: federation/cluster, values: [edge, north] }]
              spread: [{ label: federation/cluster, min: 2 }]
              failover: { tolerationSeconds: 2 }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: site }
            spec:
              replicas: {{Replicas}}
              placementPolicy: both
              template:
                image: {{DockerEngine.Image}}
                container: { command: [/bin/sh, -c, "echo started $TEXT; exec httpd -f -p $PORT -h /www"] }
                process: { command: /bin/busybox, arguments: [httpd, -f, -p, "127.0.0.1:$(PORT)", -h, {{www}}] }
                environment: { TEXT: "{{text}}" }
                ports: [{ name: http, containerPort: 8080 }]
                resources: { cpu: 50m, memory: 16Mi }
                healthCheck: { http: { path: / }, intervalSeconds: 1 }
                drainSeconds: 1
                stopGraceSeconds: 1
            ---
            apiVersion: federation/v1
            kind: PlacementPolicy
            metadata: { name: kept }
            spec: { failover: { tolerationSeconds: 2 } }
            ---
            apiVersion: federation/v1
            kind: Volume
            metadata: { name: data }
            spec: { cluster: north }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: db }
            spec:
              replicas: 1
              placementPolicy: kept
              template:
                image: {{DockerEngine.Image}}
                container: { command: [/bin/sh, -c, "echo begun >> /data/starts; exec sleep 600"] }
                volumes: [{ name: data, path: /data }]
                resources: { cpu: 50m, memory: 16Mi }
                drainSeconds: 0
                stopGraceSeconds: 1
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: site }
            spec: { host: {{Host}}, workload: site }
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
        await Plane.ReadyAsync("site");
        await Eventually.TrueAsync("nothing but the wanted replicas of site is left", async () => (await Plane.ReplicasAsync("site")).Count == Replicas, async () => (await Plane.FedctlAsync("get", "replicas")).All);
    }

    private async Task<string> AskAsync(string host = Host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, Plane.Ingress);
        request.Headers.Host = host;
        using HttpResponseMessage answer = await http.SendAsync(request, Cancelled);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    private async Task<JsonElement[]> ServicesAsync(string workload)
    {
        using JsonDocument found = await Manager.GetAsync($"services?filters={Uri.EscapeDataString($$"""{"label":["federation.cluster=north","federation.workload={{workload}}"]}""")}");
        return [.. found.RootElement.EnumerateArray().Select(static element => element.Clone())];
    }
}
