using Federation.Engine.Streams;

namespace Federation.Engine.Events;

/// <summary>An open stream of events: what happens from its opening on is in it.</summary>
public sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _reply;
    private readonly Stream _stream;

    internal EventStream(HttpResponseMessage reply, Stream stream) => (_reply, _stream) = (reply, stream);

    /// <summary>Yields events as they happen; ends with the daemon. Read once.</summary>
    /// <exception cref="EngineException">The stream broke.</exception>
    public IAsyncEnumerable<EngineEvent> ReadAsync(CancellationToken cancellationToken) => LineReader.ReadAsync(_stream, EngineJson.Default.EngineEvent, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _reply.Dispose();
    }
}
