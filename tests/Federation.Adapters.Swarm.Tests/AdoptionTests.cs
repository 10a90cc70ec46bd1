using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>Services that ran before the plane become its workloads as they run.</summary>
public sealed class AdoptionTests(TwoMachines machines)
{
    [Fact]
    public async Task Services_AsTheyRun_AreAdopted_WithoutARestart_AndScaledAndRemovedAsOrdered()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        string name = $"{rig.Cluster}-shop_web";
        string id = await CreateAsync(bed, Service(name, 2));
        await UntilRunningAsync(bed, name, 2);
        string[] before = await TasksAsync(bed, name);
        ForeignService found = await FindAsync(rig, name);
        Assert.Equal((null, 2, 2, "shop"), (found.Refusal, found.Replicas, found.Running, found.Stack));
        Assert.Empty(found.LaterWithout);

        Assignment order = rig.Order("web", 2, found.Template) with { Adoption = found.As(new(new("acme"), "shop", "web")) };
        await rig.ApplyAsync(order);
        ClusterObservationSet seen = await rig.SeeReadyAsync(2);
        Assert.Equal(before, await TasksAsync(bed, name));
        Assert.Equal(before, seen.Replicas.Select(static replica => replica.Id.Value).Order(StringComparer.Ordinal));
        Assert.All(seen.Replicas, static replica => Assert.Equal("http", Assert.Single(replica.Ports).Name));
        Assert.DoesNotContain(await rig.Reconciler.ListForeignAsync(TestContext.Current.CancellationToken), service => service.Name == name);

        // As docker stack deploy does, which writes all labels anew.
        JsonNode marked = await ReadAsync(bed, $"services/{id}");
        JsonNode unmarked = marked["Spec"]!.DeepClone();
        unmarked["Labels"] = Service(name, 2)["Labels"]!.DeepClone();
        await bed.Manager.SendAsync(HttpMethod.Post, $"services/{id}/update?version={marked["Version"]!["Index"]!.GetValue<long>()}", unmarked);
        await SwarmRig.WaitAsync(async () => (await ReadAsync(bed, $"services/{id}"))["Spec"]!["Labels"]!["federation.cluster"] is not null, "it is marked again");
        Assert.Equal(before, (await rig.SeeReadyAsync(2)).Replicas.Select(static replica => replica.Id.Value).Order(StringComparer.Ordinal));
        Assert.Equal(before, await TasksAsync(bed, name));

        // It is an order's like any other: its number is kept.
        await rig.ApplyAsync(order with { Replicas = 3 });
        await rig.SeeReadyAsync(3);
        Assert.All(before, task => Assert.Contains(rig.Reconciler.Current.Replicas, replica => replica.Id.Value == task));
        await rig.ApplyAsync(Array.Empty<Assignment>());
        await rig.SeeAsync(static set => set.Replicas.Count == 0);
        await SwarmRig.WaitAsync(async () => (await ServicesAsync(bed)).All(service => service["ID"]!.GetValue<string>() != id), "the service is removed with its workload");
    }

    [Fact]
    public async Task NewVersion_OfAnAdoptedService_TakesItsPlace_InItsNetworks_WithItsFilesAndVolume()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        string name = $"{rig.Cluster}-db", network = $"{rig.Cluster}-net", data = $"{rig.Cluster}_data";
        await bed.Manager.SendAsync(HttpMethod.Post, "networks/create", new { Name = network, Driver = "overlay" });
        string secret = IdIn(await bed.Manager.SendAsync(HttpMethod.Post, "secrets/create", new { Name = $"{name}-password", Data = Convert.ToBase64String("hush"u8) }));
        string config = IdIn(await bed.Manager.SendAsync(HttpMethod.Post, "configs/create", new { Name = $"{name}-settings", Data = Convert.ToBase64String("loud"u8) }));
        JsonObject spec = Service(name, 1);
        JsonNode container = spec["TaskTemplate"]!["ContainerSpec"]!;
        container["Secrets"] = new JsonArray(new JsonObject { ["SecretID"] = secret, ["SecretName"] = $"{name}-password", ["File"] = File("password", 256) });
        container["Configs"] = new JsonArray(new JsonObject { ["ConfigID"] = config, ["ConfigName"] = $"{name}-settings", ["File"] = File("/etc/settings", 292) });
        container["Mounts"] = new JsonArray(new JsonObject { ["Type"] = "volume", ["Source"] = data, ["Target"] = "/data" }, new JsonObject { ["Type"] = "volume", ["Source"] = data, ["Target"] = "/again", ["ReadOnly"] = true });
        container["Command"] = new JsonArray("/bin/sh", "-c", "test -e /data/first || echo $RUN > /data/first; for f in /data/first /run/secrets/password /etc/settings; do cat $f > /www/${f##*/}; done; exec httpd -f -p 8080 -h /www");
        container["Env"] = new JsonArray("RUN=one");
        container["StopGracePeriod"] = 3_000_000_000L;
        spec["TaskTemplate"]!["Networks"] = new JsonArray(new JsonObject { ["Target"] = network, ["Aliases"] = new JsonArray("database") });
        await CreateAsync(bed, spec);
        await UntilRunningAsync(bed, name, 1);
        ForeignService found = await FindAsync(rig, name);
        Assert.Null(found.Refusal);
        Assert.Equal(["database", name], Assert.Single(found.Networks!).Aliases);
        Assert.Equal("400", Assert.Single(found.Secrets!).Mode);
        Assert.Equal(data, Assert.Single(found.Volumes!).Source);
        Assignment order = rig.Order("db", 1, found.Template) with { Adoption = found.As(new(new("acme"), "shop", "db")), AdoptedVolumes = found.Volumes, MayBeUnavailable = 1 };
        await rig.ApplyAsync(order);
        string machine = rig.Reconciler.PlaceOf((await rig.SeeReadyAsync(1)).Replicas[0].Id)!.MachineId;

        // The old one takes its time to end, and the new one does not begin beside it.
        using var watched = new CancellationTokenSource();
        Task<int> most = MostAtOnceAsync(bed, data, watched.Token);
        WorkloadTemplate second = found.Template with { Environment = new Dictionary<string, string> { ["RUN"] = "two" } };
        await rig.ApplyAsync(order with { Template = second, Revision = new("r2") });
        ClusterObservationSet seen = await rig.SeeReadyAsync(1, "r2");
        await watched.CancelAsync();
        Assert.Equal(1, await most);
        Assert.Equal(machine, rig.Reconciler.PlaceOf(seen.Replicas[0].Id)!.MachineId);
        Assert.Equal(("one\n", "hush", "loud"), (await GetAsync(rig, "first"), await GetAsync(rig, "password"), await GetAsync(rig, "settings")));
        await SwarmRig.WaitAsync(async () => (await ServicesAsync(bed)).All(service => service["Spec"]!["Name"]!.GetValue<string>() != name), "the adopted service has had its successor");
        await rig.ObeyAgainAsync();
        JsonNode made = (await ServicesAsync(bed)).Single(service => service["Spec"]!["Labels"]?["federation.cluster"]?.GetValue<string>() == rig.Cluster);
        // What was made is seen as it was meant: nothing of it is repaired.
        Assert.Null(made["PreviousSpec"]);
        Assert.Equal([$"{data} /data ", $"{data} /again true"], made["Spec"]!["TaskTemplate"]!["ContainerSpec"]!["Mounts"]!.AsArray().Select(static mount => $"{mount!["Source"]} {mount["Target"]} {mount["ReadOnly"]}"));
        Assert.Contains(made["Spec"]!["TaskTemplate"]!["Networks"]!.AsArray(), one => one!["Aliases"]!.AsArray().Any(static alias => alias!.GetValue<string>() == "database"));
    }

    [Fact]
    public async Task Service_ThatRunsOtherwiseThanOrdered_IsReplacedByWhatIs()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        string name = $"{rig.Cluster}-web";
        string id = await CreateAsync(bed, Service(name, 1));
        await UntilRunningAsync(bed, name, 1);
        ForeignService found = await FindAsync(rig, name);
        Assignment order = rig.Order("web", 1, found.Template) with { Adoption = found.As(new(new("acme"), "shop", "web")), Surge = 1 };
        await rig.ApplyAsync(order);
        string adopted = (await rig.SeeReadyAsync(1)).Replicas[0].Id.Value;
        // Somebody gives it another variable behind the plane's back.
        JsonNode now = await ReadAsync(bed, $"services/{id}");
        JsonNode spec = now["Spec"]!.DeepClone();
        spec["TaskTemplate"]!["ContainerSpec"]!["Env"] = new JsonArray("INTRUDER=1");
        await bed.Manager.SendAsync(HttpMethod.Post, $"services/{id}/update?version={now["Version"]!["Index"]!.GetValue<long>()}", spec);
        await SwarmRig.WaitAsync(async () => (await ServicesAsync(bed)).All(service => service["ID"]!.GetValue<string>() != id), "the changed service has had its successor");
        ClusterObservationSet seen = await rig.SeeReadyAsync(1);
        Assert.NotEqual(adopted, seen.Replicas[0].Id.Value);
        Assert.False((await ServicesAsync(bed)).Single(service => service["Spec"]!["Labels"]?["federation.cluster"]?.GetValue<string>() == rig.Cluster).ToJsonString().Contains("INTRUDER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_OfOneTaskAMachine_OrOfAnotherPlane_IsToldAsUnfit_AndAnOrderForItLeavesItAlone()
    {
        SwarmBed bed = await machines.GetAsync();
        await using SwarmRig rig = SwarmRig.Open(bed);
        JsonObject global = Service($"{rig.Cluster}-each", 1), other = Service($"{rig.Cluster}-other", 1);
        global["Mode"] = new JsonObject { ["Global"] = new JsonObject() };
        other["Labels"]!["federation.plane"] = "another";
        JsonObject twice = Service($"{rig.Cluster}-twice", 0), local = Service($"{rig.Cluster}-local", 0), still = Service($"{rig.Cluster}-still", 0);
        JsonObject Mount(string source, string path) => new() { ["Type"] = "volume", ["Source"] = source, ["Target"] = path };
        twice["TaskTemplate"]!["ContainerSpec"]!["Mounts"] = new JsonArray(Mount("data_a", "/a"), Mount("data.a", "/b"));
        still["TaskTemplate"]!["ContainerSpec"]!["Mounts"] = new JsonArray(Mount("data", "/a"), Mount("data", "/b"));
        local["TaskTemplate"]!["Networks"] = new JsonArray(new JsonObject { ["Target"] = "host" });
        string[] made = await Task.WhenAll(((JsonObject[])[global, other, twice, local, still]).Select(spec => CreateAsync(bed, spec)));
        Assert.Contains("would have one name here, data-a", (await FindAsync(rig, $"{rig.Cluster}-twice")).Refusal, StringComparison.Ordinal);
        Assert.Contains("machines' own", (await FindAsync(rig, $"{rig.Cluster}-local")).Refusal, StringComparison.Ordinal);
        Assert.Contains("none of its tasks runs", (await FindAsync(rig, $"{rig.Cluster}-still")).Refusal, StringComparison.Ordinal);
        ForeignService each = await FindAsync(rig, $"{rig.Cluster}-each");
        Assert.Contains("no replicated service", each.Refusal, StringComparison.Ordinal);
        Assert.Contains("another plane", (await FindAsync(rig, $"{rig.Cluster}-other")).Refusal, StringComparison.Ordinal);
        await rig.ApplyAsync(rig.Order("each", 1, each.Template) with { Adoption = each.As(new(new("acme"), "shop", "each")) });
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff }]);
        Assert.Contains("cannot be adopted", seen.Replicas[0].Message, StringComparison.Ordinal);
        Assert.Empty(await rig.ServicesAsync());
        // It holds nobody else up.
        await rig.SeeAsync(set => set.Nodes[0].AppliedRevision == rig.Reconciler.KnownRevision);
        foreach (string service in made) await bed.Manager.SendAsync(HttpMethod.Delete, $"services/{service}");
    }

    private static JsonObject Service(string name, int replicas) => JsonNode.Parse(JsonSerializer.Serialize(new
    {
        Name = name,
        Labels = new Dictionary<string, string> { ["com.docker.stack.namespace"] = "shop", ["team"] = "web" },
        TaskTemplate = new
        {
            ContainerSpec = new
            {
                DockerEngine.Image,
                Labels = new Dictionary<string, string> { ["com.docker.stack.namespace"] = "shop" },
                Command = (string[])["/bin/httpd", "-f", "-p", "8080", "-h", "/www"],
                Env = (string[])["TEXT=$(NOBODY) says", "EMPTY="],
                Init = false,
                StopGracePeriod = 1_000_000_000L,
                DNSConfig = new { },
                Isolation = "default",
            },
            Resources = new { Limits = new { MemoryBytes = 64 << 20 }, Reservations = new { MemoryBytes = 16 << 20 } },
            RestartPolicy = new { Condition = "any", Delay = 5_000_000_000L, MaxAttempts = 0 },
            Placement = new { Constraints = (string[])["node.platform.os == linux"] },
            ForceUpdate = 0,
            Runtime = "container",
        },
        Mode = new { Replicated = new { Replicas = replicas } },
        UpdateConfig = new { Parallelism = 1, FailureAction = "pause", Monitor = 5_000_000_000L, MaxFailureRatio = 0, Order = "stop-first" },
        EndpointSpec = new { Mode = "dnsrr", Ports = new[] { new { Name = "http", Protocol = "tcp", TargetPort = 8080, PublishMode = "host" } } },
    }))!.AsObject();

    private static async Task<int> MostAtOnceAsync(SwarmBed bed, string volume, CancellationToken ended)
    {
        int most = 0;
        while (!ended.IsCancellationRequested)
        {
            int now = 0;
            foreach (DockerEngine machine in bed.Machines)
            {
                using JsonDocument running = await machine.GetAsync($"containers/json?filters={Uri.EscapeDataString($"{{\"volume\":[\"{volume}\"]}}")}");
                now += running.RootElement.GetArrayLength();
            }
            most = Math.Max(most, now);
        }
        return most;
    }

    private static JsonObject File(string name, int mode) => new() { ["Name"] = name, ["UID"] = "0", ["GID"] = "0", ["Mode"] = mode };

    private static async Task<ForeignService> FindAsync(SwarmRig rig, string name)
    {
        await rig.SeeAsync(static _ => true);
        return (await rig.Reconciler.ListForeignAsync(TestContext.Current.CancellationToken)).Single(service => service.Name == name);
    }

    private static async Task<string> CreateAsync(SwarmBed bed, JsonObject spec) => IdIn(await bed.Manager.SendAsync(HttpMethod.Post, "services/create", spec));

    private static string IdIn(string json) => JsonNode.Parse(json)!["ID"]!.GetValue<string>();

    private static Task UntilRunningAsync(SwarmBed bed, string service, int count) => SwarmRig.WaitAsync(async () => (await TasksAsync(bed, service)).Length == count, $"{service} runs");

    private static async Task<string[]> TasksAsync(SwarmBed bed, string service)
    {
        using JsonDocument tasks = await bed.Manager.GetAsync($"tasks?filters={Uri.EscapeDataString($"{{\"service\":[\"{service}\"]}}")}");
        return [.. tasks.RootElement.EnumerateArray().Where(static task => task.GetProperty("Status").GetProperty("State").GetString() == "running").Select(static task => task.GetProperty("ID").GetString()!).Order(StringComparer.Ordinal)];
    }

    private static async Task<JsonNode[]> ServicesAsync(SwarmBed bed) => [.. (await ReadAsync(bed, "services")).AsArray().Select(static service => service!)];

    private static async Task<JsonNode> ReadAsync(SwarmBed bed, string path)
    {
        using JsonDocument answer = await bed.Manager.GetAsync(path);
        return JsonNode.Parse(answer.RootElement.GetRawText())!;
    }

    private static async Task<string> GetAsync(SwarmRig rig, string file)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://{rig.Reconciler.FindRunning(rig.Reconciler.Current.Replicas[0].Id, "")!.At}/{file}"), TestContext.Current.CancellationToken);
    }
}
