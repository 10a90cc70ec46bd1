using System.Text.Json.Nodes;

namespace Federation.Client.Tests.Cli;

/// <summary>What a user of a swarm types.</summary>
public sealed class StackTests : IAsyncLifetime
{
    private const string Stack = """
        services:
          web:
            image: web:1
            ports: ["8080:80"]
            environment: { MODE: slow }
            secrets: [db_password]
            deploy: { replicas: 2 }
          api:
            image: api:1
            depends_on: [web]
        secrets:
          db_password: { file: pw.txt }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("federation-stack-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync() => _plane = await StandInPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<FedctlCall> RunAsync(string[] args, string input = "") => FedctlCall.RunAsync(_plane.ContextPath, args, input);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string WriteStack()
    {
        Write("shop/pw.txt", "hunter2");
        return Write("shop/docker-stack.yml", Stack);
    }

    private JsonObject Kept(string kind, string name) => _plane.Resources[$"/v1/namespaces/default/{kind}/{name}"];

    [Fact]
    public async Task Apply_OfAStackFile_DoesWhatStackDeployDoes()
    {
        string file = WriteStack();
        FedctlCall applied = await RunAsync(["apply", "-f", file, "--no-wait"]);
        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Equal(["secret/shop-db-password created", "workload/web created", "workload/api created", "route/web created"], applied.Lines);
        Assert.Contains($"warning: {file}:10:18: services.api.depends_on.web: services of a stack start together", applied.Error, StringComparison.Ordinal);
        Assert.Contains("warning: ", applied.Error, StringComparison.Ordinal);
        Assert.Contains("http://web.shop.localhost/", applied.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", applied.Out + applied.Error, StringComparison.Ordinal);
        Assert.Equal("shop", Kept("workloads", "web")["metadata"]!["labels"]!["federation/stack"]!.GetValue<string>());
        string[] before = [.. _plane.Resources.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value["spec"]!.ToJsonString())];

        FedctlCall deployed = await RunAsync(["stack", "deploy", "-c", file, "shop"]);
        Assert.True(deployed.ExitCode == 0, deployed.Error);
        Assert.Equal(["secret/shop-db-password unchanged", "workload/web unchanged", "workload/api unchanged", "route/web unchanged"], deployed.Lines[..4]);
        Assert.Equal(before, _plane.Resources.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value["spec"]!.ToJsonString()));
    }

    [Fact]
    public async Task StackDeploy_OfSeveralFilesAndStandardInput_JoinsThem()
    {
        string file = WriteStack();
        FedctlCall call = await RunAsync(["stack", "deploy", "-c", file, "-c", "-", "shop", "--detach"], "services: { web: { image: \"web:2\" } }");
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal("web:2", Kept("workloads", "web")["spec"]!["template"]!["image"]!.GetValue<string>());
        Assert.Equal("slow", Kept("workloads", "web")["spec"]!["template"]!["environment"]!["MODE"]!.GetValue<string>());
    }

    [Fact]
    public async Task StackDeploy_OfAFileThatIsWrong_TellsThePlaceAndAsksThePlaneForNothing()
    {
        FedctlCall call = await RunAsync(["stack", "deploy", "-c", "-", "shop"], "services:\n  web:\n    image: a\n    replcias: 2\n");
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("-:4:5: services.web.replcias: the key is unknown", call.Error, StringComparison.Ordinal);
        Assert.Empty(_plane.Requests);
    }

    [Fact]
    public async Task StackConfig_PrintsTheFilesJoinedAndNoSecret()
    {
        string file = WriteStack();
        FedctlCall call = await RunAsync(["stack", "config", "-c", file]);
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.StartsWith("name: shop\nservices:\n  web:\n    image: web:1\n", call.Out, StringComparison.Ordinal);
        FedctlCall resources = await RunAsync(["stack", "config", "-c", file, "--resources"]);
        Assert.Contains("kind: Workload", resources.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", call.Out + resources.Out, StringComparison.Ordinal);
        Assert.Empty(_plane.Requests);
    }

    [Fact]
    public async Task StackLists_HaveTheColumnsOfASwarmAndTheCluster()
    {
        await RunAsync(["stack", "deploy", "-c", WriteStack(), "shop"]);
        Assert.Equal("NAME  SERVICES  STATE  CLUSTER", Squeezed((await RunAsync(["stack", "ls"])).Lines[0]));
        FedctlCall services = await RunAsync(["stack", "services", "shop", "-o", "wide"]);
        Assert.Equal("NAME  MODE  REPLICAS  IMAGE  PORTS  STATE  CLUSTER", Squeezed(services.Lines[0]));
        Assert.Contains(services.Lines, static line => line.Contains("shop_web", StringComparison.Ordinal) && line.Contains("web.shop.localhost", StringComparison.Ordinal) && !line.Contains("8080", StringComparison.Ordinal));
        _plane.Answers["GET /v1/namespaces/default/workloads/web/replicas"] = (200, new { items = new[] { new { id = "r1", @namespace = "default", workload = "web", cluster = "eu-cloud", node = "n1", revision = "a", state = "ready", restarts = 0 } } });
        _plane.Answers["GET /v1/namespaces/default/workloads/api/replicas"] = (200, new { items = Array.Empty<object>() });
        FedctlCall tasks = await RunAsync(["stack", "ps", "shop", "-o", "wide"]);
        Assert.Equal("ID  NAME  IMAGE  NODE  CURRENT STATE  ERROR  CLUSTER", Squeezed(tasks.Lines[0]));
        Assert.Contains("eu-cloud", tasks.Lines[1], StringComparison.Ordinal);
        int before = _plane.Resources.Count;
        Assert.Equal(4, (await RunAsync(["stack", "rm", "shop", "nowhere"])).ExitCode);
        Assert.Equal(before, _plane.Resources.Count);
        FedctlCall removed = await RunAsync(["stack", "rm", "shop"]);
        Assert.True(removed.ExitCode == 0, removed.Error);
        Assert.Empty(_plane.Resources);
        Assert.Equal(4, (await RunAsync(["stack", "rm", "shop"])).ExitCode);
    }

    [Theory]
    [InlineData("web", "service", "ls", "-q", "--filter", "name=web")]
    [InlineData("web 0/2 web:1", "service", "ls", "--filter", "label=a=b", "--format", "{{.Name}} {{ .Replicas }} {{.Image}}")]
    [InlineData("NAME\tMODE|web\treplicated", "service", "ls", "--format", "table {{.Name}}\\t{{.Mode}}", "-f", "name=w", "-f", "mode=replicated")]
    [InlineData("r1|r2", "service", "ps", "-q", "web")]
    [InlineData("r1 Ready 'web:1'|r2 Stopping 'web:1'", "service", "ps", "--format", "{{.ID}} {{.CurrentState}} '{{.Image}}'", "web")]
    [InlineData("r2", "service", "ps", "-q", "-f", "desired-state=shutdown", "web")]
    [InlineData("r1", "service", "ps", "--filter", "node=n1", "--quiet", "web")]
    public async Task Lists_AreAskedForAsThoseOfDocker(string told, params string[] args)
    {
        await RunAsync(["service", "create", "--name", "web", "-d", "--replicas", "2", "--label", "a=b", "web:1"]);
        await RunAsync(["service", "create", "--name", "api", "-d", "api:1"]);
        KeepReplicas();
        FedctlCall call = await RunAsync(args);
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal(told.Split('|'), call.Lines.Select(static line => line.Replace(" -", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("this list is filtered by KEY=VALUE with name, id, mode, label", "service", "ls", "--filter", "since=1h")]
    [InlineData("the list has no column Foo\nit has .ID, .Name, .Image, .Node, .CurrentState, .Error, .Cluster", "service", "ps", "--format", "{{.Foo}}", "web")]
    [InlineData("--format knows json, text, and columns", "service", "ls", "--format", "{{range .Ports}}x{{end}}")]
    [InlineData("names alone: -o name", "secret", "ls", "-q")]
    [InlineData("fedctl describe workload NAME", "service", "inspect", "--pretty", "web")]
    public async Task Lists_OfWhatTheyHaveNot_SayWhatTheyHave(string told, params string[] args)
    {
        await RunAsync(["service", "create", "--name", "web", "-d", "web:1"]);
        KeepReplicas();
        FedctlCall call = await RunAsync(args);
        Assert.Equal(2, call.ExitCode);
        Assert.Contains(told, call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServicePs_AfterAVersionThatFailed_NamesTheImageThatRuns()
    {
        await RunAsync(["service", "create", "--name", "web", "-d", "web:2"]);
        KeepReplicas();
        JsonObject web = Kept("workloads", "web").DeepClone().AsObject();
        web["status"] = JsonNode.Parse("""{"revision":"a","rollout":{"number":2,"runningNumber":1,"state":"Undone"}}""");
        _plane.Answers["GET /v1/namespaces/default/workloads/web"] = (200, web);
        _plane.Answers["GET /v1/namespaces/default/workloads/web/revisions"] = (200, new { items = new[] { Revision(1, "web:1"), Revision(2, "web:2") } });
        Assert.Equal(["r1 web:1", "r2 web:1"], (await RunAsync(["service", "ps", "--format", "{{.ID}} {{.Image}}", "web"])).Lines);

        static object Revision(int number, string image) => new { revision = $"hash{number}", number, createdAt = DateTimeOffset.UnixEpoch, current = number == 2, template = new { image } };
    }

    [Theory]
    [InlineData("the line", "--raw", "--no-trunc", "--tail", "all")]
    [InlineData("eu/n1 r1 | 2026-09-25T10:00:00.000Z the line", "-t", "--since", "2026-01-31T12:00:00Z")]
    public async Task ServiceLogs_HaveTheFlagsOfDocker(string told, params string[] flags)
    {
        await RunAsync(["service", "create", "--name", "web", "-d", "web:1"]);
        _plane.Answers["GET /v1/namespaces/default/workloads/web/logs"] = (200, """{"cluster":"eu","node":"n1","replica":"r1","stream":"stdout","time":"2026-09-25T10:00:00Z","text":"the line"}""");
        FedctlCall call = await RunAsync(["service", "logs", .. flags, "web"]);
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal([told], call.Lines);
        FedctlCall lines = await RunAsync(["service", "logs", "-n", "2", "web"]);
        Assert.Equal(2, lines.ExitCode);
        Assert.Contains("-n 2 is a namespace here\nthe number of lines: --tail 2", lines.Error, StringComparison.Ordinal);
    }

    private void KeepReplicas() => _plane.Answers["GET /v1/namespaces/default/workloads/web/replicas"] = (200, new
    {
        items = new[]
        {
            new { id = "r1", @namespace = "default", workload = "web", cluster = "eu-cloud", node = "n1", revision = "a", state = "ready", restarts = 0 },
            new { id = "r2", @namespace = "default", workload = "web", cluster = "eu-cloud", node = "n2", revision = "a", state = "stopping", restarts = 0 },
        },
    });

    [Fact]
    public async Task ServiceScale_OfSeveral_ChangesNoneIfOneIsNotThere()
    {
        await RunAsync(["stack", "deploy", "-c", WriteStack(), "shop", "-d"]);
        foreach (string name in (string[])["web", "api"]) _plane.Answers[$"PUT /v1/namespaces/default/workloads/{name}/scale"] = (200, new { });
        _plane.Requests.Clear();
        Assert.Equal(4, (await RunAsync(["service", "scale", "shop_web=5", "shop_nowhere=3"])).ExitCode);
        Assert.DoesNotContain(_plane.Requests, static request => request.StartsWith("PUT", StringComparison.Ordinal));
        FedctlCall call = await RunAsync(["service", "scale", "shop_web=5", "api=3", "-d"]);
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal(["web scaled to 5", "api scaled to 3"], call.Lines);
        Assert.Equal(2, (await RunAsync(["service", "scale", "web"])).ExitCode);
    }

    [Fact]
    public async Task ServiceUpdate_ChangesWhatIsAskedForAndKeepsTheRest()
    {
        await RunAsync(["stack", "deploy", "-c", WriteStack(), "shop", "-d"]);
        FedctlCall call = await RunAsync(["service", "update", "--image", "web:2", "--env-add", "MORE=$(x)", "--env-rm", "MODE", "--update-parallelism", "2", "--update-delay", "10s", "--limit-memory", "64Mi", "-d", "shop_web"]);
        Assert.True(call.ExitCode == 0, call.Error);
        JsonNode spec = Kept("workloads", "web")["spec"]!;
        Assert.Equal("web:2", spec["template"]!["image"]!.GetValue<string>());
        Assert.Equal("""{"MORE":"$$(x)"}""", spec["template"]!["environment"]!.ToJsonString());
        Assert.Equal(("2", "10", "64Mi"), (spec["update"]!["maxSurge"]!.ToString(), spec["update"]!["observeSeconds"]!.ToString(), spec["template"]!["resources"]!["memoryLimit"]!.GetValue<string>()));
        Assert.Equal("80", spec["template"]!["ports"]![0]!["containerPort"]!.ToString());
    }

    [Fact]
    public async Task ServiceUpdate_TakesAwayThenAddsAndKeepsTheRest()
    {
        await RunAsync(["secret", "create", "old", "-"], "1");
        await RunAsync(["secret", "create", "new", "-"], "2");
        await RunAsync(["service", "create", "--name", "db", "-d", "--secret", "source=old,target=pw", "--mount", "type=tmpfs,target=/t", "--mount", "source=data,target=/data", "--label", "a=b", "--constraint", "node.role==worker", "--ulimit", "nofile=1", "db:1", "serve", "--all"]);
        FedctlCall call = await RunAsync(["service", "update", "-d", "-q", "--with-registry-auth", "--secret-rm", "old", "--secret-add", "source=new,target=pw", "--mount-rm", "/t", "--mount-add", "source=more,target=/more", "--label-add", "c=d",
            "--constraint-rm", "node.role==worker", "--constraint-add", "node.role==manager", "--ulimit-add", "nproc=2", "--args", "serve 'a b'", "--limit-memory", "64m", "--update-delay", "1m30s", "--stop-grace-period", "1m30s", "--user", "web", "--env-add", "X=$Y", "db"]);
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal(["volume/more created", "db configured"], call.Lines);
        JsonNode spec = Kept("workloads", "db")["spec"]!, template = spec["template"]!, container = template["container"]!;
        Assert.Equal(("db:1", "90", "90"), (template["image"]!.ToString(), template["stopGraceSeconds"]!.ToString(), spec["update"]!["observeSeconds"]!.ToString()));
        Assert.Equal("""[{"name":"new","files":[{"path":"/run/secrets/pw"}]}]""", template["secrets"]!.ToJsonString());
        Assert.Equal(["/data", "/more"], template["volumes"]!.AsArray().Select(static volume => volume!["path"]!.GetValue<string>()));
        Assert.Null(container["tmpfs"]);
        Assert.Equal("""{"a":"b","c":"d"}""", container["serviceLabels"]!.ToJsonString());
        Assert.Equal("""["node.role==manager"]""", container["nodes"]!["constraints"]!.ToJsonString());
        Assert.Equal(["nofile", "nproc"], container["ulimits"]!.AsArray().Select(static limit => limit!["name"]!.GetValue<string>()));
        Assert.Equal("""["serve","a b"]""", container["arguments"]!.ToJsonString());
        Assert.Equal(("64Mi", "web"), (template["resources"]!["memoryLimit"]!.ToString(), container["user"]!.ToString()));
    }

    [Theory]
    [InlineData(1, "--secret-rm gone: the service has none of that name; nothing was changed", "--secret-rm", "gone")]
    [InlineData(4, "secret/nowhere is not there", "--secret-add", "nowhere")]
    [InlineData(2, "there is no option '--publish-add'\nports are fields of the stack's file", "--publish-add", "80:80")]
    [InlineData(2, "there is no option '--health-cmd'\nit is a field of the stack's file", "--health-cmd", "true")]
    [InlineData(3, "deploy.rollback_config.order: the order is stop-first or start-first", "--rollback-order", "sideways")]
    public async Task ServiceUpdate_OfWhatCannotBe_ChangesNothingAndSaysWhy(int code, string told, params string[] flags)
    {
        await RunAsync(["service", "create", "--name", "db", "-d", "db:1"]);
        string before = Kept("workloads", "db").ToJsonString();
        FedctlCall call = await RunAsync(["service", "update", "-d", .. flags, "db"]);
        Assert.Equal(code, call.ExitCode);
        Assert.Contains(told, call.Error, StringComparison.Ordinal);
        Assert.Equal(before, Kept("workloads", "db").ToJsonString());
    }

    [Fact]
    public async Task SecretCreate_FromStandardInput_IsWhatAStackCallsExternal()
    {
        FedctlCall call = await RunAsync(["secret", "create", "db_password", "-"], "hunter2");
        Assert.True(call.ExitCode == 0, call.Error);
        Assert.Equal(["secret/db-password created"], call.Lines);
        Assert.Equal("hunter2", Kept("secrets", "db-password")["spec"]!["data"]!["db_password"]!.GetValue<string>());
        Assert.Equal(0, (await RunAsync(["secret", "ls"])).ExitCode);
        FedctlCall removed = await RunAsync(["secret", "rm", "db_password"]);
        Assert.Equal(["secret/db-password deleted"], removed.Lines);
    }

    [Theory]
    [InlineData("secret", "create", "db_password", "-")]
    [InlineData("secret", "create", "db_password", "--from-stdin", "key")]
    [InlineData("config", "create", "site", "-")]
    [InlineData("config", "create", "site", "/dev/null")]
    public async Task Create_OfNothing_IsRefusedAndLeavesWhatIsThere(params string[] args)
    {
        await RunAsync([args[0], "create", args[2], "--from-literal", "key=works"]);
        _plane.Requests.Clear();
        FedctlCall call = await RunAsync(args);
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("is empty; nothing was changed", call.Error, StringComparison.Ordinal);
        Assert.Empty(_plane.Requests);
    }

    [Fact]
    public async Task SecretCreate_FromStandardInput_KeepsEveryByte()
    {
        // A reader of text would take the mark at the beginning away, and spoil what is no text.
        Assert.Equal(0, (await RunAsync(["secret", "create", "marked", "--from-stdin", "key"], "\uFEFFtext")).ExitCode);
        Assert.Equal("\uFEFFtext", Kept("secrets", "marked")["spec"]!["data"]!["key"]!.GetValue<string>());
    }

    [Fact]
    public async Task SecretRm_OfWhatAWorkloadUses_DeletesNothing()
    {
        await RunAsync(["stack", "deploy", "-c", WriteStack(), "shop", "-d"]);
        await RunAsync(["secret", "create", "free", "-"], "x");
        FedctlCall used = await RunAsync(["secret", "rm", "free", "shop_db_password"]);
        Assert.Equal(1, used.ExitCode);
        Assert.Contains("secret/shop-db-password is used by workload/web; nothing was deleted", used.Error, StringComparison.Ordinal);
        FedctlCall missing = await RunAsync(["secret", "rm", "free", "nowhere"]);
        Assert.Equal(4, missing.ExitCode);
        Assert.NotNull(Kept("secrets", "free"));
        await RunAsync(["stack", "rm", "shop"]);
        Assert.Equal(["secret/free deleted"], (await RunAsync(["secret", "rm", "free", "free"])).Lines);
    }

    [Fact]
    public async Task NodeCommands_NameNodesWithTheirClusters()
    {
        _plane.Keep("/v1/clusters/edge", """{"apiVersion":"federation/v1","kind":"Cluster","metadata":{"name":"edge"},"spec":{"kind":"node","nodes":[{"name":"n2","draining":true}]},"status":{"nodeList":[{"name":"n1","state":"ready","allocatable":{"cpu":"1000m","memory":"1Gi"},"free":{"cpu":"1000m","memory":"1Gi"},"replicas":3},{"name":"n2","state":"draining","allocatable":{"cpu":"1000m","memory":"1Gi"},"free":{"cpu":"1000m","memory":"1Gi"},"replicas":0}]}}""");
        FedctlCall list = await RunAsync(["node", "ls"]);
        Assert.True(list.ExitCode == 0, list.Error);
        Assert.Equal(["NODE  STATUS  AVAILABILITY  REPLICAS  KIND  CLUSTER", "edge/n1  Ready  Active  3  node  edge", "edge/n2  Draining  Drain  0  node  edge"], list.Lines.Select(Squeezed));
        _plane.Answers["POST /v1/clusters/edge/nodes/n1/drain"] = (200, new { });
        Assert.Equal(["node/edge/n1 drain"], (await RunAsync(["node", "update", "--availability", "drain", "edge/n1"])).Lines);
        Assert.Equal(4, (await RunAsync(["node", "inspect", "edge/n9"])).ExitCode);
    }

    private static string Squeezed(string line) => System.Text.RegularExpressions.Regex.Replace(line.Trim(), "  +", "  ");
}
