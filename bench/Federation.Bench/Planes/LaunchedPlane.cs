using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Results;

namespace Federation.Bench.Planes;

/// <summary>A plane started by the AppHost with a state folder and ports of its own, and <c>fedctl</c> to speak to it.</summary>
internal sealed class LaunchedPlane : IAsyncDisposable
{
    // Below the ports that the kernel gives to outgoing connections.
    private const int PortBase = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    // The programs of the configuration that this one was built in.
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
    private readonly Process _launcher;
    private readonly string _root;
    // What the launcher prints after it is ready is read away: a full pipe would stop it.
    private readonly Task _drained;

    private LaunchedPlane(string root, string stateDirectory, Process launcher, Task drained) => (_root, StateDirectory, _launcher, _drained) = (root, stateDirectory, launcher, drained);

    public string StateDirectory { get; }

    public int Launcher => _launcher.Id;

    public double ReadySeconds { get; private init; }

    /// <summary>Where a service's gRPC is.</summary>
    public static string Grpc(int port) => $"https://localhost:{port + PortBase}";

    /// <summary>Where the workloads' door is.</summary>
    public static Uri Ingress => new($"http://127.0.0.1:{8080 + PortBase}");

    /// <summary>Starts a plane from nothing; <c>bench/run</c> has built it.</summary>
    public static async Task<LaunchedPlane> StartAsync(string root, CancellationToken ct)
    {
        string state = Directory.CreateTempSubdirectory("federation-bench-").FullName;
        var start = new ProcessStartInfo(Path.Combine(root, $"AppHost/bin/{Configuration}/net10.0/AppHost"), ["--port-base", PortBase.ToString(CultureInfo.InvariantCulture), "--state", state])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        BenchmarkContext.Log("starting a plane");
        long from = Stopwatch.GetTimestamp();
        Process launcher = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        string said = "";
        try
        {
            while (await launcher.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                said = line;
                if (!line.Contains("Federation is ready", StringComparison.Ordinal)) continue;
                return new(root, state, launcher, launcher.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None)) { ReadySeconds = Stopwatch.GetElapsedTime(from).TotalSeconds };
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Not ready in time: told below, when it is gone.
        }
        await using (var failed = new LaunchedPlane(root, state, launcher, launcher.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None)))
            throw new InvalidOperationException($"The AppHost was not ready within {Patience.TotalMinutes:0} minutes; it said last: {said}");
    }

    /// <summary>Runs fedctl against this plane and gives what it printed.</summary>
    public async Task<string> FedctlAsync(string? input, CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(_root, $"src/Federation.Cli/bin/{Configuration}/net10.0/fedctl.dll"), "--context-file", Path.Combine(StateDirectory, "context.json"), .. arguments])
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
        await InterruptAsync(_launcher);
        await _drained;
        _launcher.Dispose();
        Directory.Delete(StateDirectory, recursive: true);
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
