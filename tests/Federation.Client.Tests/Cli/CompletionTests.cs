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
    [InlineData("wait workload/web --for ", "completed deleted ready")]
    [InlineData("explain workload.spec.te", "workload.spec.template")]
    [InlineData("context use ", "test")]
    [InlineData("completion z", "zsh")]
    [InlineData("top ", "clusters nodes replicas routes workloads")]
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
        string script = await InstallAsync("bash");
        string offered = await RunAsync("bash", ["--norc", "--noprofile", "-c", $"source {script}; COMP_WORDS=({_folder}/fedctl {words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); _fedctl; echo \"${{COMPREPLY[*]}}\""]);
        Assert.Equal(expected + "\n", offered);
    }

    /// <summary>An interactive zsh at a terminal of its own, with the script: a line, the tab key, and what the line then is.</summary>
    [Theory]
    [InlineData("fedctl logs wo", "fedctl logs worker ")]
    [InlineData("fedctl exec web --cluster=eu", "fedctl exec web --cluster=eu-cloud ")]
    [InlineData("fedctl apply -f exa", "fedctl apply -f examples.yaml ")]
    public async Task Zsh_Tab_WritesWhatMayStandThere(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh") || File.Exists("/bin/zsh"), "there is no zsh here: apt-get install zsh");
        string script = await InstallAsync("zsh");
        string driver = Path.Combine(_folder, "driver.zsh");
        await File.WriteAllTextAsync(driver, """
            zmodload zsh/zpty
            zpty -b shell env TERM=dumb PS1= zsh -f -i
            zpty -w shell "autoload -Uz compinit; compinit -u -D; source $1; show() { print -r -- \"\$BUFFER\" >shown.part; mv shown.part shown; exit }; zle -N show; bindkey '^X^P' show; : >ready"
            until [[ -e ready ]]; do zpty -r -t shell said; sleep 0.02; done
            zpty -w -n shell "$2"$'\t'$'\C-x\C-p'
            until [[ -e shown ]]; do zpty -r -t shell said; sleep 0.02; done
            cat shown
            zpty -d shell

            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "examples.yaml"), "", TestContext.Current.CancellationToken);
        Assert.Equal(expected + "\n", await RunAsync("zsh", ["-f", driver, script, line]));
    }

    /// <summary>A real fish with the script: what it would offer at the line's end.</summary>
    [Theory]
    [InlineData("fedctl logs w", "web worker")]
    [InlineData("fedctl describe workload/ap", "workload/api")]
    [InlineData("fedctl exec web --cluster=eu", "--cluster=eu-cloud")]
    [InlineData("fedctl apply -f exa", "examples.yaml")]
    public async Task Fish_Line_IsOfferedWhatMayStandThere(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish") || File.Exists("/bin/fish"), "there is no fish here: apt-get install fish");
        string script = await InstallAsync("fish");
        await File.WriteAllTextAsync(Path.Combine(_folder, "examples.yaml"), "", TestContext.Current.CancellationToken);
        string offered = await RunAsync("fish", ["--no-config", "-c", $"source {script}; complete -C '{line}'"]);
        Assert.Equal(expected, string.Join(' ', offered.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static item => item.Split('\t')[0]).Order(StringComparer.Ordinal)));
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
        Assert.SkipUnless(((string[])["/bin", "/usr/bin"]).Any(folder => File.Exists($"{folder}/{shell}")), $"there is no {shell} here: apt-get install {shell}");
        string file = Path.Combine(_folder, shell);
        await File.WriteAllTextAsync(file, call.Out, TestContext.Current.CancellationToken);
        using Process check = Process.Start(new ProcessStartInfo(shell, ["-n", file]) { RedirectStandardError = true })!;
        string errors = await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (check.ExitCode, errors));
    }

    /// <summary>The program on the path, and the shell's script in a file.</summary>
    private async Task<string> InstallAsync(string shell)
    {
        string program = Path.Combine(_folder, "fedctl"), script = Path.Combine(_folder, $"completion.{shell}");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{typeof(FedctlProgram).Assembly.Location}' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(script, (await FedctlCall.RunAsync(_plane.ContextPath, ["completion", shell])).Out, TestContext.Current.CancellationToken);
        return script;
    }

    private async Task<string> RunAsync(string shell, string[] arguments)
    {
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder };
        start.Environment["FEDERATION_CONTEXT"] = _plane.ContextPath;
        start.Environment["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}";
        // fish keeps its own things there.
        start.Environment["HOME"] = _folder;
        start.Environment["DOTNET_CLI_HOME"] = _folder;
        using Process run = Process.Start(start)!;
        try
        {
            string output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, run.ExitCode);
            return output;
        }
        finally
        {
            if (!run.HasExited) run.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string[]> CompleteAsync(string contextPath, string[] words)
    {
        var output = new StringWriter();
        var console = new CliConsole(() => Stream.Null, output, TextWriter.Null, false, false, false, 80);
        await FedctlProgram.RunAsync(["__complete", "--", "--context-file", contextPath, .. words], console, TestContext.Current.CancellationToken);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')[0])];
    }
}
