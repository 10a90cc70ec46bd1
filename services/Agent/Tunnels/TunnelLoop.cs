using System.Globalization;
using Federation.Agent.Loops;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Grpc.Streams;
using Federation.Tunnel.Connections;

namespace Federation.Agent.Tunnels;

/// <summary>Keeps the node's one tunnel to the gateway open.</summary>
/// <param name="connector">Dials the gateway.</param>
/// <param name="accept">Decides on streams that the gateway opens.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Spreads reconnections.</param>
/// <param name="logger">Where losses of contact are told.</param>
public sealed partial class TunnelLoop(
    IMessageConnector<TunnelFrame, TunnelFrame> connector,
    Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> accept,
    TimeProvider time,
    IChance chance,
    ILogger logger)
{
    // The gateway answers within a round trip. One that took the call and then does not is dialled again rather than waited for.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);

    private readonly ReconnectPause _pause = new(time, chance);
    private readonly object _gate = new();
    private TaskCompletionSource<TunnelConnection> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the tunnel is open.</summary>
    public bool Connected
    {
        get
        {
            lock (_gate) return _current.Task.IsCompleted;
        }
    }

    /// <summary>The open tunnel, waited for a while where there is none.</summary>
    /// <exception cref="TunnelRefusedException">None came.</exception>
    public async Task<TunnelConnection> CurrentAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Task<TunnelConnection> current;
        lock (_gate) current = _current.Task;
        try
        {
            return await current.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TunnelRefusedException("the tunnel to the gateway is down");
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            string reason;
            try
            {
                IMessageStream<TunnelFrame, TunnelFrame> stream = await connector.ConnectAsync(cancellationToken);
                reason = await ServeAsync(TunnelConnection.Start(stream, TunnelRole.Agent, accept, new TunnelOptions { Logger = logger, Time = time }), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StreamBrokenException or TunnelRefusedException)
            {
                reason = e.Message;
            }
            if (cancellationToken.IsCancellationRequested) return;
            if (_pause.First) LogLost(logger, reason);
            if (!await _pause.WaitAsync(cancellationToken)) return;
        }
    }

    private async Task<string> ServeAsync(TunnelConnection connection, CancellationToken cancellationToken)
    {
        await using (connection)
        {
            // A stream counts as open once the gateway has answered on it.
            await AnsweredAsync(connection, cancellationToken);
            lock (_gate) _current.TrySetResult(connection);
            _pause.Reset();
            LogOpen(logger);
            try
            {
                return (await connection.Completion.WaitAsync(cancellationToken)).Reason;
            }
            finally
            {
                lock (_gate) _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async Task AnsweredAsync(TunnelConnection connection, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(AnswerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await connection.PingAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TunnelRefusedException(string.Create(CultureInfo.InvariantCulture, $"the gateway took the call and has not answered for {AnswerPatience.TotalSeconds:0} s"));
        }
    }

    [LoggerMessage(EventId = 4011, Level = LogLevel.Information, Message = "The tunnel to the gateway is open")]
    private static partial void LogOpen(ILogger logger);

    [LoggerMessage(EventId = 4012, Level = LogLevel.Warning, Message = "Lost the tunnel to the gateway: {Reason}; it is dialled again")]
    private static partial void LogLost(ILogger logger, string reason);
}
