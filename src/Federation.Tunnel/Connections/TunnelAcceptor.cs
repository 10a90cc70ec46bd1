using Federation.Contracts.V1;
using Federation.Tunnel.Streams;
using Microsoft.Extensions.Logging;

namespace Federation.Tunnel.Connections;

/// <summary>Decides on the streams that the peer opens, and runs their handlers.</summary>
internal sealed partial class TunnelAcceptor(
    Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> accept, FrameQueue frames, TunnelOptions options)
{
    private readonly CancellationTokenSource _lifetime = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the acceptor itself until it stops.
    private int _running = 1;
    private int _stopped;

    public static void Refuse(FrameQueue frames, SendHalf half, string reason) =>
        frames.Open(half, new TunnelFrame { Stream = half.Stream, Opened = new TunnelOpened { Refusal = reason.Length > 0 ? reason : "refused" } });

    /// <summary>Starts the decision; <see cref="DrainAsync"/> waits for its end.</summary>
    public void Begin(TunnelStream stream)
    {
        Interlocked.Increment(ref _running);
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Acceptor.ServeAsync(state.Stream), (Acceptor: this, Stream: stream), preferLocal: false);
    }

    /// <summary>Tells all handlers that the tunnel has ended.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        // Callbacks are the application's.
        ThreadPool.UnsafeQueueUserWorkItem(static acceptor =>
        {
            acceptor._lifetime.Cancel();
            acceptor.Leave();
        }, this, preferLocal: false);
    }

    /// <summary>Ends when all handlers have; one that does not heed its token and broken stream is waited for no longer than the close timeout.</summary>
    public async Task DrainAsync()
    {
        try
        {
            await _drained.Task.WaitAsync(options.CloseTimeout, options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            HandlersLinger(options.Logger, Volatile.Read(ref _running));
        }
    }

    private async Task ServeAsync(TunnelStream stream)
    {
        try
        {
            TunnelDecision decision = await DecideAsync(stream.Target).ConfigureAwait(false);
            if (decision is not TunnelDecision.Accept accepted)
            {
                stream.RefusePeer(((TunnelDecision.Refuse)decision).Reason);
                return;
            }
            stream.MarkOpen(peerTakesTraces: false);
            frames.Open(stream.Send, new TunnelFrame { Stream = stream.Id, Opened = new TunnelOpened { Traces = true } });
            await accepted.Serve(stream, _lifetime.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Not disposed: what was sent so far must not look like the whole.
            stream.Abort("the target's side broke");
            StreamBroke(options.Logger, stream.Id, e.Message);
        }
        catch (Exception e)
        {
            stream.Abort("the handler failed");
            HandlerFailed(options.Logger, e, stream.Id);
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask<TunnelDecision> DecideAsync(TunnelOpen target)
    {
        try
        {
            return await accept(target, _lifetime.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            DecisionFailed(options.Logger, e, target.TargetCase);
            return new TunnelDecision.Refuse("the target could not be reached");
        }
        catch (OperationCanceledException)
        {
            return new TunnelDecision.Refuse("the opening was cancelled");
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _drained.TrySetResult();
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Debug, Message = "Stream {Stream} ended: {Reason}")]
    private static partial void StreamBroke(ILogger logger, uint stream, string reason);

    [LoggerMessage(EventId = 6102, Level = LogLevel.Error, Message = "The handler of stream {Stream} failed")]
    private static partial void HandlerFailed(ILogger logger, Exception exception, uint stream);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Error, Message = "Deciding on a stream to {Target} failed")]
    private static partial void DecisionFailed(ILogger logger, Exception exception, TunnelOpen.TargetOneofCase target);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Warning, Message = "{Count} stream handlers still run although their tunnel has ended")]
    private static partial void HandlersLinger(ILogger logger, int count);
}
