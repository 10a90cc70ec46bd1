using System.Threading.Tasks.Sources;

namespace Federation.Tunnel.Streams;

/// <summary>An awaitable that one operation after another uses, so that waiting costs no allocation. Whoever ends the operation calls one of the setters once.</summary>
internal sealed class ReusableResult<T> : IValueTaskSource<T>, IValueTaskSource
{
    // Continuations are the application's: they must not run on the loop that carries everyone's frames.
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };

    public void Reset() => _core.Reset();

    public ValueTask<T> Task => new(this, _core.Version);

    public ValueTask VoidTask => new(this, _core.Version);

    public void SetResult(T result) => _core.SetResult(result);

    public void SetException(Exception exception) => _core.SetException(exception);

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
