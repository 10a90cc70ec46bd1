using System.Collections.Concurrent;
using System.Diagnostics;
using Federation.Client.Contexts;
using Federation.TestKit.Machine;

namespace Browser.Tests.Stage;

/// <summary>The real AppHost with all its processes, on ports and in a state folder of its own.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(120);
    private static readonly string Program = Path.Combine(Root(), "AppHost", "bin", Configuration, "net10.0", "AppHost");
    private int _portBase;
    private readonly string _state = Directory.CreateTempSubdirectory("federation-browser-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _host;

    public Uri Site => new($"http://localhost:{7070 + _portBase}");

    /// <summary>The first administrator, and where the plane is.</summary>
    public ClientContext Administrator => ContextFile.Load(Path.Combine(_state, "context.json")).File.Find(null)!;

    public async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A shell's background job ignores Ctrl-C, and so would all that it starts.
        _portBase = PlanePorts.FreeBase();
        _host = new Process { StartInfo = Start("/usr/bin/env", ["--default-signal=INT", Program, "--port-base", $"{_portBase}", "--state", _state, "--fresh"]), EnableRaisingEvents = true };
        _host.OutputDataReceived += (_, line) => Take(line.Data);
        _host.ErrorDataReceived += (_, line) => Take(line.Data);
        _host.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"AppHost ended before it was ready:\n{LastLines()}"));
        _host.Start();
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
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
            if (line.StartsWith("Federation is ready", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    /// <summary>A command to the running AppHost: <c>power-off us-cloud</c>.</summary>
    public async Task CommandAsync(params string[] words)
    {
        using var command = Process.Start(Start(Program, [.. words, "--state", _state]))!;
        Task<string> output = command.StandardOutput.ReadToEndAsync(), error = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync().WaitAsync(CommandPatience);
        Assert.True(command.ExitCode == 0, $"{string.Join(' ', words)}: {await output}{await error}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is { HasExited: false })
        {
            using var interrupt = Process.Start("/bin/kill", ["-INT", $"{_host.Id}"]);
            await _host.WaitForExitAsync().WaitAsync(CommandPatience);
        }
        _host?.Dispose();
        string sample = Path.Combine(_state, "sample-program");
        if (File.Exists(sample) && File.ReadLines(sample).FirstOrDefault() is { } copy && Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Directory.Delete(_state, recursive: true);
    }

    public string LastLines() => string.Join('\n', _output.TakeLast(60));

    private static ProcessStartInfo Start(string program, string[] arguments) => new(program, arguments)
    {
        WorkingDirectory = Root(),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!);

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run from inside the repository");
    }
}
