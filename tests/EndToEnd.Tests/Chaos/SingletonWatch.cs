using EndToEnd.Tests.Machine;

namespace EndToEnd.Tests.Chaos;

/// <summary>Looks all the time whether a program of which there must be one runs twice.</summary>
internal sealed class SingletonWatch : IAsyncDisposable
{
    private readonly string _program;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _overlap;

    public SingletonWatch(string program)
    {
        _program = program;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The longest that two were seen in a row.</summary>
    public TimeSpan Overlap => TimeSpan.FromTicks(Interlocked.Read(ref _overlap));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        long? since = null;
        while (!_stop.IsCancellationRequested)
        {
            int running = MachineProcesses.All.Count(id => MachineProcesses.CommandLine(id).TrimEnd() == _program);
            since = running > 1 ? since ?? TimeProvider.System.GetTimestamp() : null;
            if (since is { } begun && TimeProvider.System.GetElapsedTime(begun).Ticks is var ticks && ticks > Interlocked.Read(ref _overlap)) Interlocked.Exchange(ref _overlap, ticks);
            await Task.WhenAny(Task.Delay(400, _stop.Token));
        }
    }
}
