using Federation.Contracts.Api;

namespace Federation.Client.Tests.Cli;

public sealed class FedctlTests : IAsyncLifetime
{
    private const string Web = """
        apiVersion: federation/v1
        kind: Workload
        metadata: { name: web }
        spec: { replicas: 2, template: { process: { command: sample } } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-tests-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync() => _plane = await StandInPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("node", "edge/n1")]
    [InlineData("node/edge/n1")]
    [InlineData("nodes", "n1")]
    public async Task Describe_Node_SaysWhereNodesAreShown(params string[] words)
    {
        FedctlCall call = await RunAsync(["describe", .. words]);
        Assert.Equal(2, call.ExitCode);
        Assert.Contains("fedctl node inspect CLUSTER/NODE", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_Folder_ChecksAllFirstThenAppliesInOrderAndWaitsUntilReady()
    {
        string manifests = Directory.CreateDirectory(Path.Combine(_folder, "manifests")).FullName;
        File.WriteAllText(Path.Combine(manifests, "a.yaml"), "apiVersion: federation/v1\nkind: Route\nmetadata: { name: web }\nspec: { host: web.localhost, workload: web }\n---\n" + Web);
        File.WriteAllText(Path.Combine(manifests, "b.yaml"), "apiVersion: federation/v1\nkind: Config\nmetadata: { name: web }\nspec: { data: { a: b } }\n");

        FedctlCall call = await RunAsync("apply", "-f", manifests);

        Assert.Equal(0, call.ExitCode);
        Assert.Equal(["config/web created", "workload/web created", "route/web created"], call.Lines.Take(3));
        Assert.StartsWith("ready after ", call.Lines[3], StringComparison.Ordinal);
        string[] writes = [.. _plane.Requests.Where(request => request.StartsWith("PATCH", StringComparison.Ordinal))];
        Assert.All(writes.Take(3), write => Assert.EndsWith("?fieldManager=fedctl&dryRun=true", write, StringComparison.Ordinal));
        Assert.All(writes.Skip(3), write => Assert.DoesNotContain("dryRun", write, StringComparison.Ordinal));
        Assert.Contains("workload/web: Progressing", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_SameAgain_IsUnchanged()
    {
        await RunAsync(["apply", "-f", "-"], Web);
        FedctlCall again = await RunAsync(["apply", "-f", "-", "--no-wait"], Web);
        Assert.Equal("workload/web unchanged", again.Lines[0]);
    }

    [Fact]
    public async Task Apply_InvalidFile_TellsThePlaceAsksNothingOfThePlaneAndEndsWith3()
    {
        FedctlCall call = await RunAsync(["apply", "-f", "-"], Web.Replace("replicas", "replcias", StringComparison.Ordinal));
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("-:4:", call.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean replicas?", call.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", call.Error, StringComparison.Ordinal);
        Assert.Empty(_plane.Requests);
    }

    [Fact]
    public async Task Apply_RefusedInTheDryRun_ChangesNothing()
    {
        _plane.Answers["PATCH /v1/namespaces/default/routes/web"] = (409, new { type = ProblemTypes.Claimed, title = "Claimed", status = 409, detail = "host web.localhost is claimed", holder = "default/other" });
        FedctlCall call = await RunAsync(["apply", "-f", "-"], Web + "\n---\napiVersion: federation/v1\nkind: Route\nmetadata: { name: web }\nspec: { host: web.localhost, workload: web }\n");
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("claimed (held by default/other)", call.Error, StringComparison.Ordinal);
        Assert.Empty(_plane.Resources);
    }

    [Fact]
    public async Task Apply_IntoANamespaceThatIsNotThere_ChangesNothing_UnlessTheInputMakesIt()
    {
        _plane.Answers["PATCH /v1/namespaces/lost/workloads/web"] = (422, new { type = ProblemTypes.UnresolvedReference, title = "Unresolved", status = 422, detail = "namespace lost does not exist in tenant default" });
        string two = "apiVersion: federation/v1\nkind: Config\nmetadata: { name: c, namespace: lost }\nspec: { data: { a: b } }\n---\n" + Web.Replace("name: web", "name: web, namespace: lost", StringComparison.Ordinal);
        FedctlCall call = await RunAsync(["apply", "-f", "-"], two);
        Assert.Equal(3, call.ExitCode);
        Assert.Contains("-:6: workload/web: namespace lost does not exist in tenant default", call.Error, StringComparison.Ordinal);
        Assert.Empty(_plane.Resources);
        call = await RunAsync(["apply", "-f", "-", "--dry-run"], "apiVersion: federation/v1\nkind: Namespace\nmetadata: { name: lost }\n---\n" + two);
        Assert.Equal(["namespace/lost created (dry run)", "config/c created (dry run)", "workload/web created (dry run)"], call.Lines);
    }

    [Fact]
    public async Task Apply_DryRun_ChangesNothing()
    {
        FedctlCall call = await RunAsync(["apply", "-f", "-", "--dry-run"], Web);
        Assert.Equal("workload/web created (dry run)", call.Lines[0]);
        Assert.Empty(_plane.Resources);
    }

    [Fact]
    public async Task Apply_NeverReady_EndsWith6AndSaysWhereToLook()
    {
        _plane.WorkloadsBecomeReady = false;
        FedctlCall call = await RunAsync(["apply", "-f", "-", "--timeout", "1s"], Web);
        Assert.Equal(6, call.ExitCode);
        Assert.EndsWith("see why with: fedctl describe workload web\n", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_File_RemovesInReverseAndIsRepeatable()
    {
        string file = Path.Combine(_folder, "web.yaml");
        File.WriteAllText(file, Web + "\n---\napiVersion: federation/v1\nkind: Route\nmetadata: { name: web }\nspec: { host: web.localhost, workload: web }\n");
        await RunAsync("apply", "-f", file);
        FedctlCall call = await RunAsync("delete", "-f", file);
        Assert.Equal(["route/web deleted", "workload/web deleted"], call.Lines);
        Assert.Equal(0, (await RunAsync("delete", "-f", file)).ExitCode);
        Assert.Equal(4, (await RunAsync("delete", "workload", "web")).ExitCode);
    }

    [Fact]
    public async Task Get_Clusters_FitsEightyColumnsAndHasNoColourInAPipe()
    {
        foreach (string name in (string[])["eu-cloud", "a-cluster-with-a-name-that-is-as-long-as-names-may-be-and-no-longer"])
            _plane.Keep($"/v1/clusters/{name}", $$$"""
                {"apiVersion":"federation/v1","kind":"Cluster","metadata":{"name":"{{{name}}}","labels":{"region":"eu"}},"spec":{"kind":"node"},
                 "status":{"state":"ready","nodesReady":2,"nodes":2,"allocatable":{"cpu":"8000m","memory":"4Gi"},"free":{"cpu":"7500m","memory":"3Gi"},"replicas":5}}
                """);
        FedctlCall call = await RunAsync("get", "clusters");
        Assert.Equal(0, call.ExitCode);
        Assert.All(call.Lines, line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain("\e", call.Out, StringComparison.Ordinal);
        Assert.Contains(call.Lines, line => line.StartsWith("eu-cloud", StringComparison.Ordinal) && line.Contains("Ready", StringComparison.Ordinal) && line.Contains("7.5", StringComparison.Ordinal) && line.Contains("3Gi", StringComparison.Ordinal));

        FedctlCall coloured = await FedctlCall.RunAsync(_plane.ContextPath, ["get", "clusters"], terminal: true);
        Assert.Contains("\e[", coloured.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "\"kind\": \"Workload\"")]
    [InlineData("yaml", "kind: Workload")]
    [InlineData("name", "workload/web")]
    [InlineData("wide", "REVISION")]
    public async Task Get_InEveryFormat_IsWhatWasAskedFor(string format, string expected)
    {
        await RunAsync(["apply", "-f", "-"], Web);
        FedctlCall call = await RunAsync("get", "workload", "web", "-o", format);
        Assert.Equal(0, call.ExitCode);
        Assert.Contains(expected, call.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Missing_EndsWith4AndSaysHowToList()
    {
        FedctlCall call = await RunAsync("get", "workload", "nope");
        Assert.Equal(4, call.ExitCode);
        Assert.EndsWith("see what is: fedctl get workloads\n", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, 5, "fedctl login")]
    [InlineData(403, 5, "fedctl context list")]
    [InlineData(409, 1, "")]
    public async Task Refusals_HaveTheirExitCodes(int status, int exitCode, string next)
    {
        _plane.Answers["GET /v1/clusters"] = (status, new { type = "t", title = "No", status, detail = "not allowed" });
        FedctlCall call = await RunAsync("get", "clusters");
        Assert.Equal(exitCode, call.ExitCode);
        Assert.Contains("fedctl: not allowed", call.Error, StringComparison.Ordinal);
        Assert.Contains(next, call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlaneAway_EndsWith7()
    {
        await _plane.DisposeAsync();
        FedctlCall call = await RunAsync("get", "clusters");
        Assert.Equal(7, call.ExitCode);
        Assert.Contains("does not answer", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoContext_EndsWith5()
    {
        FedctlCall call = await FedctlCall.RunAsync(Path.Combine(_folder, "none.json"), ["get", "clusters"]);
        Assert.Equal(5, call.ExitCode);
        Assert.Contains("not logged in", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("get")]
    [InlineData("get", "frobs")]
    [InlineData("scale", "web")]
    [InlineData("wait", "workload/web", "--for", "moonrise")]
    [InlineData("apply", "-f", "x", "--timeout", "soon")]
    public async Task CommandLine_NotUnderstood_EndsWith2(params string[] args)
    {
        FedctlCall call = await RunAsync(args);
        Assert.Equal(2, call.ExitCode);
        Assert.NotEmpty(call.Error);
        Assert.Empty(_plane.Requests);
    }

    [Theory]
    [InlineData("there is no option '-q'", "wait", "workload", "web", "-q")]
    [InlineData("there is no option '-f'", "secret", "rm", "-f", "shop")]
    [InlineData("there is no option '--resolve-images'", "stack", "deploy", "--resolve-images", "always", "-c", "x.yml", "shop")]
    [InlineData("there is no option '--orchestrator'\nthe plane chooses clusters of every kind", "stack", "deploy", "--orchestrator=swarm", "-c", "x.yml", "shop")]
    [InlineData("there is no option '--role'\nwhich machines are managers", "node", "update", "--role", "manager", "edge/n1")]
    [InlineData("there is no command 'fedctl network'\na network is made with", "network", "create", "--driver", "overlay", "front")]
    [InlineData("there is no command 'fedctl swarm'\na machine or a swarm joins by its agent", "swarm", "init")]
    [InlineData("there is no command 'fedctl service updat'\ndid you mean update?", "service", "updat", "web")]
    [InlineData("--replicas: 'many' is no whole number", "scale", "web", "--replicas", "many")]
    public async Task CommandLine_NotUnderstood_NamesWhatIsMeantAndNothingThatFollowsFromIt(string told, params string[] args)
    {
        FedctlCall call = await RunAsync(args);
        Assert.Equal(2, call.ExitCode);
        Assert.StartsWith($"fedctl: {told}", call.Error, StringComparison.Ordinal);
        Assert.InRange(call.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 2, 3);
    }

    [Fact]
    public async Task Secret_Create_SendsTheValueAndNeverPrintsIt()
    {
        FedctlCall call = await RunAsync(["secret", "create", "shop", "--from-stdin", "password"], "hunter2");
        Assert.Equal(0, call.ExitCode);
        Assert.Equal("hunter2", _plane.Resources["/v1/namespaces/default/secrets/shop"]["spec"]!["data"]!["password"]!.GetValue<string>());
        Assert.DoesNotContain("hunter2", call.Out + call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_MalformedLiteral_IsNotEchoed()
    {
        FedctlCall call = await RunAsync("secret", "create", "shop", "--from-literal", "hunter2");
        Assert.Equal(2, call.ExitCode);
        Assert.DoesNotContain("hunter2", call.Out + call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_Workload_SaysWhyForEachClusterAndNode()
    {
        _plane.Answers["GET /v1/namespaces/default/workloads/api/explanation"] = (200, new Explanation("default/api", 3, "4 replicas in 2 clusters",
        [
            new("eu-cloud", 4, null, "chosen: most free capacity", 0.9, [new("n1", 4, null, "fits", null, null)]),
            new("edge", 0, "taints", "the taint edge=true:NoSchedule is not tolerated", null, null),
        ]));
        FedctlCall call = await RunAsync("explain", "workload", "api");
        Assert.Contains("eu-cloud: 4 replicas, score 0.9", call.Lines);
        Assert.Contains("  n1: 4 replicas", call.Lines);
        Assert.Contains("edge: refused by taints", call.Lines);
    }

    [Fact]
    public async Task Explain_Field_NeedsNoPlane()
    {
        FedctlCall call = await FedctlCall.RunAsync(Path.Combine(_folder, "none.json"), ["explain", "workload.spec.update.observeSeconds"]);
        Assert.Equal(0, call.ExitCode);
        Assert.Contains("0..3600", call.Out, StringComparison.Ordinal);
        Assert.Equal(4, (await FedctlCall.RunAsync(_plane.ContextPath, ["explain", "workload.spec.nope"])).ExitCode);
    }

    [Fact]
    public async Task Logs_AllReplicas_EachLineUnderItsReplica()
    {
        _plane.Answers["GET /v1/namespaces/default/workloads/web/logs"] = (200, """
            {"time":"2026-01-01T00:00:00Z","replica":"r1","cluster":"eu-cloud","node":"n1","stream":"stdout","text":"hello"}
            {"time":"2026-01-01T00:00:00Z","replica":"r2","cluster":"edge","node":"n1","stream":"plane","text":"cannot be reached"}
            """);
        FedctlCall call = await RunAsync("logs", "web", "--tail", "5");
        Assert.Equal(["eu-cloud/n1 r1 | hello"], call.Lines);
        Assert.Contains("edge/n1: cannot be reached", call.Error, StringComparison.Ordinal);
        Assert.Contains(_plane.Requests, request => request.Contains("tail=5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Login_GoodSecret_BecomesTheCurrentContext()
    {
        string server = Contexts.ContextFile.Load(_plane.ContextPath).File.Find(null)!.Server.ToString();
        string own = Path.Combine(_folder, "own.json");
        FedctlCall call = await FedctlCall.RunAsync(own, ["login", "--server", server, "--client-id", "ci", "--name", "ci"], "top-secret\n");
        Assert.Equal(0, call.ExitCode);
        Assert.DoesNotContain("top-secret", call.Out + call.Error, StringComparison.Ordinal);
        Assert.Equal("top-secret", Contexts.ContextFile.Load(own).File.Find(null)!.ClientSecret);
        FedctlCall shown = await FedctlCall.RunAsync(own, ["context", "show"]);
        Assert.Contains("as ci", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_NamesEveryExitCode()
    {
        FedctlCall call = await RunAsync("--help");
        for (int code = 0; code <= 9; code++) Assert.Contains($"  {code}  ", call.Out, StringComparison.Ordinal);
    }

    private Task<FedctlCall> RunAsync(params string[] args) => FedctlCall.RunAsync(_plane.ContextPath, args);

    private Task<FedctlCall> RunAsync(string[] args, string input) => FedctlCall.RunAsync(_plane.ContextPath, args, input);
}
