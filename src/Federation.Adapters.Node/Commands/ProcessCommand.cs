using System.Diagnostics;
using Federation.Adapters.Node.Processes;

namespace Federation.Adapters.Node.Commands;

/// <summary>A command beside a replica's process, as a process.</summary>
internal sealed class ProcessCommand(Process process, PseudoTerminal? terminal, bool input, TimeProvider time) : IReplicaCommand
{
    private const int PieceBytes = 32 * 1024;
    private static readonly TimeSpan TerminalWait = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _writing = new(1);

    public async Task CopyOutputAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        if (!input || terminal is not null) process.StandardInput.Close();
        if (terminal is not null)
        {
            await Task.Factory.StartNew(() => PumpTerminalAsync(write, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            return;
        }
        await Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, false, write, cancellationToken), PumpAsync(process.StandardError.BaseStream, true, write, cancellationToken));
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (terminal is not null)
            {
                terminal.Write(bytes.Span);
                return;
            }
            await process.StandardInput.BaseStream.WriteAsync(bytes, cancellationToken);
            await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It reads no more; what it writes is still wanted.
        }
    }

    public Task EndInputAsync(CancellationToken cancellationToken)
    {
        if (terminal is not null) return WriteAsync("\u0004"u8.ToArray(), cancellationToken);
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What was still on its way cannot be read any more.
        }
        return Task.CompletedTask;
    }

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        terminal?.Resize(columns, rows);
        return Task.CompletedTask;
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    public Task EndAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        process.Dispose();
        terminal?.Dispose();
    }

    private async Task PumpAsync(Stream source, bool error, Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[PieceBytes];
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await _writing.WaitAsync(cancellationToken);
            try
            {
                await write(error, buffer.AsMemory(0, read), cancellationToken);
            }
            finally
            {
                _writing.Release();
            }
        }
    }

    // A terminal is read in a thread of its own: the kernel has no way to wait for it otherwise.
    private async Task PumpTerminalAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[PieceBytes];
        while (!cancellationToken.IsCancellationRequested)
        {
            bool over = process.HasExited;
            int read = terminal!.Read(buffer, TerminalWait);
            if (read > 0)
            {
                await write(false, buffer.AsMemory(0, read), cancellationToken);
                continue;
            }
            // What it left in the background may hold the terminal: its own end is enough.
            if (over) return;
            // The shell that opens the terminal may not have come to it yet: until then nobody has it open.
            if (read == 0) await Task.Delay(TerminalWait / 10, time, cancellationToken);
        }
    }
}
