using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Federation.Cli;
using Federation.Client.Contexts;
using Federation.Contracts.Api;

namespace Federation.Client.Tests.Cli;

public sealed class CompletionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fedctl-completion-").FullName;
    private StandInPlane _plane = null!;

    public async ValueTask InitializeAsync()
    {
        // The machine that tests may be busy.
        Environment.SetEnvironmentVariable("FEDERATION_COMPLETION_TIMEOUT", "60000");
        _plane = await StandInPlane.StartAsync(_folder);
        foreach (string name in (string[])["api", "web", "worker"])
            _plane.Keep($"/v1/namespaces/default/workloads/{name}", $$$"""{"apiVersion":"federation/v1","kind":"Workload","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"template":{} } }""");
        _plane.Keep("/v1/clusters/eu-cloud", """{"apiVersion":"federation/v1","kind":"Cluster","metadata":{"name":"eu-cloud"},"spec":{"kind":"node"}}""");
        _plane.Keep("/v1/namespaces/shop", """{"apiVersion":"federation/v1","kind":"Namespace","metadata":{"name":"shop"},"spec":{}}""");
        _plane.Answers["GET /v1/namespaces/default/workloads/web/replicas"] = (200, new ItemList<ReplicaView>([new("web-1", "default", "web", "eu-cloud", "n1", "r1", "ready", 0, null, null, null)]));
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("FEDERATION_COMPLETION_TIMEOUT", null);
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("ge", "get")]
    [InlineData("get workl", "workload workloads")]
    [InlineData("get replicas w", "web worker")]
    [InlineData("get workload w", "web worker")]
    [InlineData("get workload web w", "worker")]
    [InlineData("describe workload/a", "workload/api")]
    [InlineData("logs w", "web worker")]
    [InlineData("logs web --rep", "--replica")]
    [InlineData("logs web --replica ", "web-1")]
    [InlineData("exec web --cluster=eu", "--cluster=eu-cloud")]
    [InlineData("cluster drain ", "eu-cloud")]
    [InlineData("rollout un", "undo")]
    [InlineData("rollout undo a", "api")]
    [InlineData("-n sh", "shop")]
    [InlineData("get clusters -o cus", "custom-columns=")]
    [InlineData("wait workload/web --for ", "deleted ready")]
    [InlineData("explain workload.spec.te", "workload.spec.template")]
    [InlineData("context use ", "test")]
    [InlineData("completion z", "zsh")]
    [InlineData("top ", "clusters nodes replicas workloads")]
    [InlineData("apply -f ex", ":files")]
    [InlineData("exec web -- l", ":files")]
    [InlineData("get workload/", "workload/api workload/web workload/worker")]
    [InlineData("frobnicate ", "")]
    public async Task Complete_Word_IsWhatMayStandThere(string line, string expected)
    {
        string[] words = line.Split(' ');
        Assert.Equal(expected, string.Join(' ', (await CompleteAsync(_plane.ContextPath, words)).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Complete_PlaneThatNeverAnswers_IsGivenUpSoon()
    {
        Environment.SetEnvironmentVariable("FEDERATION_COMPLETION_TIMEOUT", null);
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        string path = Path.Combine(_folder, "deaf.json");
        new ContextFile().With("deaf", new ClientContext { Server = new Uri($"http://{deaf.LocalEndpoint}"), ClientId = "a", ClientSecret = "b" }, true).Save(path);
        long start = Stopwatch.GetTimestamp();
        Assert.Empty(await CompleteAsync(path, ["logs", ""]));
        // The limit is 0.45 s; the machine that tests may be busy.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.3, 10);
    }

    /// <summary>A real bash with the script: the words as readline cuts them, and what it would offer.</summary>
    [Theory]
    [InlineData("'logs' 'w'", "web worker")]
    [InlineData("'describe' 'workload/ap'", "workload/api")]
    [InlineData("'exec' 'web' '--cluster' '=' 'eu'", "eu-cloud")]
    [InlineData("'exec' 'web' '--cluster' '='", "eu-cloud")]
    [InlineData("'apply' '-f' ''", "")]
    public async Task Bash_Words_AreOfferedWhatMayStandThere(string words, string expected)
    {
        string program = Path.Combine(_folder, "fedctl"), script = Path.Combine(_folder, "completion.bash");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{typeof(FedctlProgram).Assembly.Location}' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(script, (await FedctlCall.RunAsync(_plane.ContextPath, ["completion", "bash"])).Out, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("bash", ["--norc", "--noprofile", "-c", $"source {script}; COMP_WORDS=({program} {words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); _fedctl; echo \"${{COMPREPLY[*]}}\""]) { RedirectStandardOutput = true };
        start.Environment["FEDERATION_CONTEXT"] = _plane.ContextPath;
        using Process bash = Process.Start(start)!;
        string offered = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, expected + "\n"), (bash.ExitCode, offered));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_WhereItsShellIs_IsUnderstoodByIt(string shell)
    {
        FedctlCall call = await FedctlCall.RunAsync(_plane.ContextPath, ["completion", shell]);
        Assert.Equal(0, call.ExitCode);
        Assert.Contains("__complete", call.Out, StringComparison.Ordinal);
        if (!((string[])["/bin", "/usr/bin"]).Any(folder => File.Exists($"{folder}/{shell}"))) return;
        string file = Path.Combine(_folder, shell);
        await File.WriteAllTextAsync(file, call.Out, TestContext.Current.CancellationToken);
        using Process check = Process.Start(new ProcessStartInfo(shell, ["-n", file]) { RedirectStandardError = true })!;
        string errors = await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (check.ExitCode, errors));
    }

    private static async Task<string[]> CompleteAsync(string contextPath, string[] words)
    {
        var output = new StringWriter();
        var console = new CliConsole(() => Stream.Null, output, TextWriter.Null, false, false, false, 80);
        await FedctlProgram.RunAsync(["__complete", "--", "--context-file", contextPath, .. words], console, TestContext.Current.CancellationToken);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')[0])];
    }
}
