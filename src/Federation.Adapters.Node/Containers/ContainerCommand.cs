using System.ComponentModel;
using System.Diagnostics;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Processes;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Streams;

namespace Federation.Adapters.Node.Containers;

/// <summary>A command inside a replica's container.</summary>
internal sealed class ContainerCommand(EngineClient engine, string container, ExecStream exec, bool terminal, bool input, TimeProvider time) : IReplicaCommand
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    public async Task CopyOutputAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        if (!input && !terminal) await exec.EndInputAsync(cancellationToken);
        await foreach (OutputPiece piece in exec.ReadAsync(cancellationToken)) await write(piece.Source == OutputSource.Error, piece.Content, cancellationToken);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await exec.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It reads no more; what it writes is still wanted.
        }
    }

    public Task EndInputAsync(CancellationToken cancellationToken) => terminal ? WriteAsync("\u0004"u8.ToArray(), cancellationToken) : exec.EndInputAsync(cancellationToken);

    public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        if (!terminal) return;
        try
        {
            await engine.ResizeExecAsync(exec.Id, Math.Clamp(columns, 1, 1000), Math.Clamp(rows, 1, 1000), cancellationToken);
        }
        catch (EngineException)
        {
            // It has ended meanwhile, or keeps the size before: nothing is lost.
        }
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ExecDetails details = await engine.InspectExecAsync(exec.Id, cancellationToken);
            if (!details.Running && details.ExitCode is { } code) return code;
            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        exec.Dispose();
    }

    public async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(EndPatience, time);
        try
        {
            // The engine has no way to end a command: its process is ended on this machine, where that is seen.
            ExecDetails details = await engine.InspectExecAsync(exec.Id, limit.Token);
            if (details is { Running: true, Pid: > 1 } && Native.IsRoot && ContainerProcess.IsOf(details.Pid, container))
            {
                using Process process = Process.GetProcessById(details.Pid);
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is EngineException or OperationCanceledException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended, with its container perhaps.
        }
        try
        {
            await exec.EndInputAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It reads nothing of what it was sent: its input ends with the connection.
        }
    }
}
