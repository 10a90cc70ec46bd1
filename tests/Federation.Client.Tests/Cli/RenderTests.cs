using System.Text.Json.Nodes;

namespace Federation.Client.Tests.Cli;

/// <summary>What clusters of each kind would be sent.</summary>
public sealed class RenderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-render-").FullName;
    private StandInPlane _plane = null!;

    public static TheoryData<string, string> Golden() => [.. from input in (string[])["stack", "joined", "manifest", "resources"] from target in (string[])["kubernetes", "swarm", "compose"] select (input, target), ("kept", "kubernetes"), ("job", "kubernetes"), ("job", "swarm")];

    public async ValueTask InitializeAsync() => _plane = await StandInPlane.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<FedctlCall> RunAsync(string[] args, string input = "") => FedctlCall.RunAsync(_plane.ContextPath, args, input);

    [Theory]
    [MemberData(nameof(Golden))]
    public async Task Render_AnInput_IsWhatIsKnown(string input, string target)
    {
        string folder = Path.Combine(Root(), "tests", "Federation.Client.Tests", "Cli", "Rendered", input), golden = Path.Combine(folder, target + ".yaml");
        string[] files = [.. Directory.GetFiles(folder, "input*.yaml").OrderBy(static file => file.Length).SelectMany(static file => (string[])["-f", file])];
        FedctlCall call = await RunAsync(["render", .. files, "--target", target]);
        Assert.True(call.ExitCode == 0, call.Error);
        string text = call.Out + string.Concat(call.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"# {line.Replace(folder + "/", "", StringComparison.Ordinal)}\n"));
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") await File.WriteAllTextAsync(golden, text, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), text);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Empty(_plane.Requests);
    }

    [Fact]
    public async Task Render_WhatATargetCannotRun_IsRefusedByItsPathAndPrintsNothing()
    {
        FedctlCall call = await RunAsync(["render", "-f", "-", "--target", "swarm"], "name: s\nservices:\n  a:\n    image: a\n    privileged: true\n    networks: { n: { ipv4_address: 10.0.0.2 } }\n  b: { image: b }\nnetworks: { n: }\n");
        Assert.Equal((3, ""), (call.ExitCode, call.Out));
        Assert.Contains("-:3: workload/a: spec.template.container.privileged: a swarm lacks the capability privileged\n", call.Error, StringComparison.Ordinal);
        Assert.Contains("ipv4Address, ipv6Address, linkLocalAddresses, macAddress: a swarm lacks the capability network-details", call.Error, StringComparison.Ordinal);
        Assert.Contains("fedctl: swarm refuses 1 of 2 workloads; nothing is rendered\nleave out what it refuses, or choose another target\n", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("swarm")]
    public async Task Render_WhatReachesTheMachine_SaysWhichRightItIs(string target)
    {
        FedctlCall call = await RunAsync(["render", "-f", "-", "--target", target], "name: s\nservices:\n  a:\n    image: a\n    volumes: [/var/lib/a:/data]\n    cap_drop: [ALL]\n");
        Assert.Equal(0, call.ExitCode);
        Assert.Contains("spec.template.container.binds: it is the right 'binds' on the cluster's machines, which the agent has where their owner grants it (Agent__MachineRights=true)\n", call.Error, StringComparison.Ordinal);
        Assert.Equal(1, call.Error.Split("it is the right").Length - 1);
    }

    [Fact]
    public async Task Render_InputThatIsWrong_IsToldAsApplyTellsIt()
    {
        const string wrong = "services:\n  web:\n    image: a\n    replcias: 2\n";
        FedctlCall call = await RunAsync(["render", "-f", "-", "--target", "kubernetes"], wrong), applied = await RunAsync(["apply", "-f", "-"], wrong);
        Assert.Equal((applied.ExitCode, applied.Error, ""), (call.ExitCode, call.Error, call.Out));
        Assert.Equal(3, call.ExitCode);
    }

    [Theory]
    [InlineData("--target", "nomad", "-f", "x")]
    [InlineData("--target", "swarm")]
    [InlineData("web", "-f", "x", "--target", "swarm")]
    [InlineData("-f", "x")]
    public async Task Render_CalledOtherwise_IsNotUnderstood(params string[] args) => Assert.Equal(2, (await RunAsync(["render", .. args])).ExitCode);

    [Fact]
    public async Task Render_InputWithoutAWorkload_SaysSo()
    {
        FedctlCall call = await RunAsync(["render", "-f", "-", "--target", "kubernetes"], "apiVersion: federation/v1\nkind: Namespace\nmetadata: { name: x }\n");
        Assert.Equal((3, ""), (call.ExitCode, call.Out));
        Assert.Contains("there is no workload in the input", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_AWorkloadOfThePlane_HasItsMaterialItsVersionsAndNoSecret()
    {
        _plane.Keep("/v1/namespaces/default/workloads/web", """
            {"apiVersion":"federation/v1","kind":"Workload","metadata":{"name":"web","namespace":"default","tenant":"acme","uid":"u1","generation":4},"spec":{"replicas":2,"template":{"image":"web:1",
             "configs":[{"name":"site"}],"secrets":[{"name":"key","files":[{"key":"value","path":"/run/key"}]},{"name":"gone"}]}}}
            """);
        _plane.Keep("/v1/namespaces/default/configs/site", """{"apiVersion":"federation/v1","kind":"Config","metadata":{"name":"site","namespace":"default"},"spec":{"data":{"index":"hello"}},"status":{"version":3,"keys":["index"]}}""");
        _plane.Keep("/v1/namespaces/default/secrets/key", """{"apiVersion":"federation/v1","kind":"Secret","metadata":{"name":"key","namespace":"default"},"spec":{},"status":{"version":7,"keys":["value"]}}""");
        FedctlCall call = await RunAsync(["render", "workload/web", "--target", "swarm", "--cluster", "north", "-o", "json"]);
        Assert.True(call.ExitCode == 0, call.Error);
        JsonArray requests = JsonNode.Parse(call.Out)!.AsArray();
        Assert.Equal(
            ["POST /networks/create", "POST /configs/create", "POST /secrets/create", "POST /secrets/create", "POST /services/create"],
            requests.Select(static one => (string)one!["request"]!));
        Assert.Equal("aGVsbG8=", (string?)requests[1]!["body"]!["Data"]);
        Assert.Equal("***", (string?)requests[2]!["body"]!["Data"]);
        JsonNode service = requests[4]!["body"]!;
        Assert.Equal(("acme", "north", "u1.north"), ((string?)service["Labels"]!["federation.tenant"], (string?)service["Labels"]!["federation.cluster"], (string?)service["Labels"]!["federation.assignment"]));
        Assert.Equal(2, (int?)service["Mode"]!["Replicated"]!["Replicas"]);
        Assert.Contains("workload/web: spec.template.secrets[1]: the Secret gone is not part of the input: gone stands for its keys", call.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await RunAsync(["render", "absent", "--target", "swarm"])).ExitCode);
    }

    [Fact]
    public async Task Render_WhatWasRendered_ReadsAgain()
    {
        string input = Path.Combine(Root(), "examples", "stack", "docker-stack.yml");
        FedctlCall call = await RunAsync(["render", "-f", input, "--stack", "demo", "--target", "compose"]);
        Assert.True(call.ExitCode == 0, call.Error);
        FedctlCall again = await RunAsync(["render", "-f", "-", "--target", "compose"], call.Out);
        Assert.Equal((0, call.Out), (again.ExitCode, again.Out));
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests do not lie in the repository");
    }
}
