using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Machine;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Workloads;
using Federation.TestKit.Machine;

namespace EndToEnd.Tests.Planes;

/// <summary>The real AppHost with all its processes, on ports and in a state folder of its own, and <c>./fedctl</c> on it.</summary>
public sealed partial class RunningPlane : IAsyncLifetime
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(180);
    private static int s_planes;
    private readonly int _portBase = PlanePorts.FreeBase();
    private readonly ConcurrentQueue<string> _output = new();
    private readonly StreamWriter _log;
    private Process? _host;
    private FederationClient? _client;

    /// <summary>Opens what AppHost prints in this run of the tests: a file for each plane, in their order.</summary>
    public RunningPlane() => _log = new(Path.Combine(AppContext.BaseDirectory, $"apphost-{Interlocked.Increment(ref s_planes)}.log")) { AutoFlush = true };

    /// <summary>AppHost's <c>--state</c>.</summary>
    public string State { get; } = Directory.CreateTempSubdirectory("federation-e2e-").FullName;

    /// <summary>For files of the tests, which workloads of every tenant may enter and write.</summary>
    public string Shared { get; } = Directory.CreateTempSubdirectory("federation-e2e-shared-").FullName;

    /// <summary>Told to AppHost, and so to all that it starts.</summary>
    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What is added to every port.</summary>
    internal int PortBase => _portBase;

    public Uri Ingress => new($"http://localhost:{8080 + _portBase}");

    public Uri Api => new($"http://localhost:{7070 + _portBase}");

    /// <summary>Every line that AppHost has printed, over all its starts.</summary>
    public IReadOnlyCollection<string> Output => _output;

    internal FederationClient Client => _client ??= FederationClient.Create(ContextFile.Load(ContextPath).File.Find(null)!);

    internal string ContextPath => Path.Combine(State, "context.json");

    internal bool Runs => _host is { HasExited: false };

    internal int HostProcess => _host!.Id;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(Shared, (UnixFileMode)0b111_111_111);
        // The folder is new: there is nothing to be cleared away.
        await StartAsync(fresh: Environment.Count == 0);
    }

    /// <summary>Starts AppHost and waits until it says that everything is ready.</summary>
    internal async Task StartAsync(bool fresh)
    {
        // A shell's background job ignores Ctrl-C, and so would all that it starts.
        string[] arguments = ["--default-signal=INT", Repository.AppHost, "--port-base", $"{_portBase}", "--state", State, .. fresh ? (string[])["--fresh"] : []];
        var start = new ProcessStartInfo("/usr/bin/env", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = new Process { StartInfo = start, EnableRaisingEvents = true };
        host.OutputDataReceived += (_, line) => Take(line.Data);
        host.ErrorDataReceived += (_, line) => Take(line.Data);
        host.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"AppHost ended before it was ready:\n{LastLines()}"));
        host.Start();
        host.BeginOutputReadLine();
        host.BeginErrorReadLine();
        _host = host;
        try
        {
            await ready.Task.WaitAsync(StartPatience);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"AppHost is not ready after {StartPatience.TotalSeconds:0} s:\n{LastLines()}");
        }

        void Take(string? line)
        {
            if (line is null) return;
            _output.Enqueue(line);
            lock (_log) _log.WriteLine(line);
            if (line.StartsWith("Federation is ready", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    /// <summary>Ctrl-C, and the wait for its end.</summary>
    internal async Task<int> InterruptAsync()
    {
        Signals.Interrupt(HostProcess);
        await _host!.WaitForExitAsync().WaitAsync(CommandPatience);
        return _host.ExitCode;
    }

    /// <summary>The next call logs in anew, with what the context file says then.</summary>
    internal void ForgetLogin()
    {
        _client?.Dispose();
        _client = null;
    }

    /// <summary><c>kill -9</c> of AppHost alone.</summary>
    internal async Task KillHostAsync()
    {
        Signals.Kill(HostProcess);
        await _host!.WaitForExitAsync().WaitAsync(CommandPatience);
    }

    internal Task<CommandResult> FedctlAsync(params string[] arguments) => StartFedctl(arguments).EndAsync(CommandPatience, TestContext.Current.CancellationToken);

    internal Command StartFedctl(params string[] arguments) => StartFedctl(ContextPath, arguments);

    internal static Command StartFedctl(string contextPath, string[] arguments, string? input = null) =>
        Command.Start(Repository.Fedctl, arguments, new Dictionary<string, string> { [ContextFile.Variable] = contextPath }, input);

    internal static Task<CommandResult> FedctlAsync(string contextPath, string[] arguments, string? input = null) =>
        StartFedctl(contextPath, arguments, input).EndAsync(CommandPatience, TestContext.Current.CancellationToken);

    /// <summary>A command to the running AppHost.</summary>
    internal async Task<CommandResult> HostAsync(params string[] words) =>
        await Command.Start(Repository.AppHost, [.. words, "--state", State], new Dictionary<string, string>()).EndAsync(CommandPatience, TestContext.Current.CancellationToken);

    /// <summary>State and process of one of AppHost's programs; no process while it is down.</summary>
    internal async Task<(string State, int? Process)> InstanceAsync(string name)
    {
        string list = await ListAsync();
        Match found = Regex.Match(list, $@"^{Regex.Escape(name)}\s+(\w+)\s+(\d+|-)", RegexOptions.Multiline);
        Assert.True(found.Success, list);
        return (found.Groups[1].Value, int.TryParse(found.Groups[2].Value, out int process) ? process : null);
    }

    // As the command "list" asks: whoever waits for a program asks often, and starts none for it.
    private async Task<string> ListAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(State, "apphost.sock")), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("list\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("+", answer, StringComparison.Ordinal);
        return answer[1..];
    }

    internal async Task<int> ProcessOfAsync(string name) => (await InstanceAsync(name)).Process ?? throw new InvalidOperationException($"{name} has no process");

    /// <summary>Waits until AppHost has started a program again and calls it ready.</summary>
    internal Task BackAsync(string name, int before) => Eventually.TrueAsync($"{name} is back", async () =>
        await InstanceAsync(name) is ("Ready", { } process) && process != before, ListAsync);

    internal Task<Workload> ReadyAsync(string workload, Func<Workload, bool>? also = null) => Eventually.NotNullAsync($"workload {workload} is ready", async () =>
    {
        var now = await Client.GetAsync<Workload>(workload);
        return now.Status is { Phase: "Ready" } status && status.ObservedGeneration >= now.Metadata.Generation && also?.Invoke(now) != false ? now : null;
    }, async () => (await FedctlAsync("describe", "workload", workload)).All);

    internal async Task<IReadOnlyList<ReplicaView>> ReplicasAsync(params string[] workloads)
    {
        var all = new List<ReplicaView>();
        foreach (string workload in workloads) all.AddRange(await Client.ReplicasAsync(workload));
        return all;
    }

    /// <summary>Ends AppHost and all that it runs, if it runs.</summary>
    internal async Task StopAsync()
    {
        if (_host is { HasExited: false }) await InterruptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host?.Dispose();
        _client?.Dispose();
        await _log.DisposeAsync();
        string sample = Path.Combine(State, "sample-program");
        if (File.Exists(sample) && File.ReadLines(sample).FirstOrDefault() is { } copy && Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Directory.Delete(State, recursive: true);
        Directory.Delete(Shared, recursive: true);
    }

    internal string LastLines(int count = 60) => string.Join('\n', _output.TakeLast(count));
}
