using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.TestKit.Machine;

namespace Observability.Tests.Planes;

/// <summary>The real AppHost with all its processes, on ports and in a state folder of its own.</summary>
internal sealed class RunningPlane : IAsyncDisposable
{
    private const int IngressPort = 8080;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(120);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _host;
    private readonly HttpClient _ingress = new() { Timeout = TimeSpan.FromSeconds(60) };
    private FederationClient? _client;

    private RunningPlane(Process host, int portBase, string state)
    {
        _host = host;
        PortBase = portBase;
        State = state;
    }

    /// <summary>What is added to AppHost's default ports.</summary>
    public int PortBase { get; }

    public string State { get; }

    public FederationClient Client => _client ??= FederationClient.Create(ContextFile.Load(Path.Combine(State, "context.json")).File.Find(null)!);

    public static async Task<RunningPlane> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        int portBase = PlanePorts.FreeBase();
        string state = Directory.CreateTempSubdirectory("federation-observe-").FullName;
        // A shell's background job ignores Ctrl-C, and so would all that it starts.
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", Repository.AppHost, "--port-base", $"{portBase}", "--state", state, "--fresh"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        var plane = new RunningPlane(new Process { StartInfo = start, EnableRaisingEvents = true }, portBase, state);
        await plane.ReadyAsync();
        return plane;
    }

    /// <summary>One request through the ingress.</summary>
    public async Task<HttpStatusCode> RequestAsync(string host, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{IngressPort + PortBase}/");
        request.Headers.Host = host;
        change?.Invoke(request);
        using HttpResponseMessage response = await _ingress.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Applies a file or folder and waits until all of it is ready.</summary>
    public async Task ApplyAsync(string path)
    {
        (int code, string output) = await Tool.RunAsync(
            Repository.PathOf("fedctl"), ["--context-file", Path.Combine(State, "context.json"), "apply", "-f", path]);
        Assert.True(code == 0, output + Text);
    }

    /// <summary>Applies a file in which a word stands for what is known only now.</summary>
    public async Task ApplyAsync(string path, string word, string value)
    {
        string copy = Path.Combine(State, Path.GetFileName(path));
        await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Replace(word, value, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await ApplyAsync(copy);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_host.HasExited)
        {
            using Process interrupt = Process.Start("/bin/kill", ["-INT", _host.Id.ToString(CultureInfo.InvariantCulture)]);
            await _host.WaitForExitAsync().WaitAsync(EndPatience);
        }
        _host.Dispose();
        _ingress.Dispose();
        _client?.Dispose();
        string sample = Path.Combine(State, "sample-program");
        if (File.Exists(sample) && File.ReadLines(sample).FirstOrDefault() is { } copy && Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Directory.Delete(State, recursive: true);
    }

    /// <summary>The end of what AppHost has printed.</summary>
    public string Text => string.Join('\n', _output.TakeLast(60));

    private async Task ReadyAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.OutputDataReceived += (_, line) => Take(line.Data);
        _host.ErrorDataReceived += (_, line) => Take(line.Data);
        _host.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"AppHost ended before it was ready:\n{Text}"));
        _host.Start();
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartPatience);
        }
        catch (TimeoutException e)
        {
            string last = Text;
            await DisposeAsync();
            throw new InvalidOperationException($"AppHost is not ready after {StartPatience.TotalSeconds:0} s:\n{last}", e);
        }

        void Take(string? line)
        {
            if (line is null) return;
            _output.Enqueue(line);
            if (line.StartsWith("Federation is ready", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }
}
