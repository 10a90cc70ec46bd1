using System.Buffers;

namespace Federation.Bench.Store;

/// <summary>Gathers what many callers append and sends what has gathered since the last send, in one piece.</summary>
internal sealed class StreamOutbox : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _filled = new(0);
    private ArrayBufferWriter<byte> _gathering = new(1 << 16);
    private ArrayBufferWriter<byte> _sending = new(1 << 16);
    private bool _ended;

    public void Append(Action<IBufferWriter<byte>> append)
    {
        bool first;
        lock (_gate)
        {
            first = _gathering.WrittenCount == 0;
            append(_gathering);
        }
        if (first) _filled.Release();
    }

    public void End()
    {
        _ended = true;
        _filled.Release();
    }

    /// <summary>Sends until <see cref="End"/>.</summary>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, ValueTask> send)
    {
        while (true)
        {
            await _filled.WaitAsync();
            // Others are about to append: a commit group answers many callers at once.
            await Task.Yield();
            lock (_gate) (_gathering, _sending) = (_sending, _gathering);
            if (_sending.WrittenCount > 0) await send(_sending.WrittenMemory);
            else if (_ended) return;
            _sending.ResetWrittenCount();
        }
    }

    public void Dispose() => _filled.Dispose();
}
