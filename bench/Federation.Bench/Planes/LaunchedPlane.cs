using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Results;

namespace Federation.Bench.Planes;

/// <summary>A plane started by the AppHost with a state folder and ports of its own, and <c>fedctl</c> to speak to it.</summary>
internal sealed class LaunchedPlane : IAsyncDisposable
{
    // Below the ports that the kernel gives to outgoing connections.
    private const int PortBase = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    // The programs of the configuration that this one was built in.
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
    private readonly string _root;
    private readonly string? _fedctl;
    private Process _launcher;
    // What the launcher prints after it is ready is read away: a full pipe would stop it.
    private Task _drained = Task.CompletedTask;

    private LaunchedPlane(string root, string? fedctl)
    {
        (_root, _fedctl, StateDirectory) = (root, fedctl, Directory.CreateTempSubdirectory("federation-bench-").FullName);
        _launcher = Launch();
    }

    public string StateDirectory { get; }

    public int Launcher => _launcher.Id;

    /// <summary>From the launcher's last start to its being ready.</summary>
    public double ReadySeconds { get; private set; }

    /// <summary>Where a service's gRPC is.</summary>
    public static string Grpc(int port) => $"https://localhost:{port + PortBase}";

    /// <summary>Where the workloads' door is.</summary>
    public static Uri Ingress => new($"http://127.0.0.1:{8080 + PortBase}");

    /// <summary>Starts a plane from nothing; <c>bench/run</c> has built it.</summary>
    public static async Task<LaunchedPlane> StartAsync(string root, CancellationToken ct, string? fedctl = null)
    {
        var plane = new LaunchedPlane(root, fedctl);
        try
        {
            await plane.ReadyAsync(ct);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the launcher, and waits until the services, which follow it, have ended.</summary>
    public async Task CrashAsync(CancellationToken ct)
    {
        HashSet<int> services = [.. RunningProcesses.Of(Launcher, StateDirectory).Where(static one => !one.Role.StartsWith("replica", StringComparison.Ordinal)).Select(static one => one.Process)];
        _launcher.Kill();
        await _launcher.WaitForExitAsync(ct);
        await _drained;
        await UntilAsync("the services have followed their launcher", () => Task.FromResult(!services.Any(static process => Directory.Exists($"/proc/{process}"))), ct);
    }

    /// <summary>Starts the launcher again, over the state that there is.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        _launcher.Dispose();
        _launcher = Launch();
        await ReadyAsync(ct);
    }

    /// <summary>What agents of this plane run of a program: the processes, each with the time of its start.</summary>
    public SortedSet<(int Process, string Started)> ProgramsOf(string program) =>
        [.. RunningProcesses.Marked(StateDirectory).Where(one => one.Program == program).Select(static one => (one.Process, RunningProcesses.Started(one.Process)))];

    private Process Launch()
    {
        BenchmarkContext.Log("starting a plane");
        return Process.Start(new ProcessStartInfo(Path.Combine(_root, $"AppHost/bin/{Configuration}/net10.0/AppHost"), ["--port-base", PortBase.ToString(CultureInfo.InvariantCulture), "--state", StateDirectory])
        {
            WorkingDirectory = _root,
            RedirectStandardOutput = true,
        })!;
    }

    private async Task ReadyAsync(CancellationToken ct)
    {
        long from = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        string said = "";
        try
        {
            while (await _launcher.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                said = line;
                if (!line.Contains("Federation is ready", StringComparison.Ordinal)) continue;
                ReadySeconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
                _drained = _launcher.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Not ready in time: told below.
        }
        _drained = _launcher.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        throw new InvalidOperationException($"The AppHost was not ready within {Patience.TotalMinutes:0} minutes; it said last: {said}");
    }

    /// <summary>Runs fedctl against this plane and gives what it printed: the build's, unless the plane was given another.</summary>
    public async Task<string> FedctlAsync(string? input, CancellationToken ct, params string[] arguments)
    {
        string[] program = _fedctl is null ? ["dotnet", Path.Combine(_root, $"src/Federation.Cli/bin/{Configuration}/net10.0/fedctl.dll")] : [_fedctl];
        var start = new ProcessStartInfo(program[0], [.. program[1..], "--context-file", Path.Combine(StateDirectory, "context.json"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process fedctl = Process.Start(start)!;
        if (input is not null) await fedctl.StandardInput.WriteAsync(input.AsMemory(), ct);
        fedctl.StandardInput.Close();
        Task<string> errors = fedctl.StandardError.ReadToEndAsync(ct);
        string output = await fedctl.StandardOutput.ReadToEndAsync(ct);
        await fedctl.WaitForExitAsync(ct);
        if (fedctl.ExitCode != 0) throw new InvalidOperationException($"fedctl {string.Join(' ', arguments)} ended with {fedctl.ExitCode}: {output}{await errors}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_launcher.HasExited) await InterruptAsync(_launcher);
        await _drained;
        _launcher.Dispose();
        // Of a plane that did not come back.
        EndMarked(StateDirectory);
        Directory.Delete(StateDirectory, recursive: true);
    }

    /// <summary>Kills what agents whose state is under a folder still run.</summary>
    public static void EndMarked(string folder)
    {
        foreach ((_, int process) in RunningProcesses.Marked(folder))
        {
            try
            {
                using var left = Process.GetProcessById(process);
                left.Kill();
            }
            catch (ArgumentException)
            {
                // It ended with the one before.
            }
        }
    }

    /// <summary>Asks over and over until it holds.</summary>
    /// <exception cref="TimeoutException">It does not within minutes.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds, CancellationToken ct)
    {
        for (long since = Stopwatch.GetTimestamp(); !await holds();)
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new TimeoutException($"Not within {Patience.TotalMinutes:0} minutes: {what}.");
            await Task.Delay(100, ct);
        }
    }

    /// <summary>Ends a process as Ctrl-C does, and waits.</summary>
    public static async Task InterruptAsync(Process process)
    {
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    /// <summary>Runs a command of the SDK in the repository.</summary>
    public static async Task DotnetAsync(string root, CancellationToken ct, params string[] arguments)
    {
        using Process dotnet = Process.Start(new ProcessStartInfo("dotnet", [.. arguments, "-v", "quiet", "-nologo"]) { WorkingDirectory = root })!;
        await dotnet.WaitForExitAsync(ct);
        if (dotnet.ExitCode != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {dotnet.ExitCode}.");
    }
}
