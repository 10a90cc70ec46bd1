using System.Diagnostics;
using Federation.Adapters.Node.Replicas;
using Federation.Tunnel.Dialing;

namespace Federation.Agent.Tunnels;

/// <summary>
/// A span for each request that passes a relay: from the word that its bytes follow, to the last byte that the replica answered. The agent
/// reads none of these bytes.
/// </summary>
/// <param name="replica">Whose port the relay leads to.</param>
public sealed class ExchangeSpan(ReplicaRecord replica) : IRelayObserver
{
    private readonly Lock _gate = new();
    private Activity? _span;
    private DateTime? _answered;

    /// <inheritdoc/>
    public void TraceChanged(string traceparent)
    {
        lock (_gate)
        {
            End();
            // The caller carries all streams of the tunnel: the span is not its own.
            Activity? before = Activity.Current;
            _span = ReplicaSpans.Start("replica exchange", ActivityKind.Client, traceparent, replica);
            Activity.Current = before;
        }
    }

    /// <inheritdoc/>
    public void Answered()
    {
        lock (_gate)
        {
            if (_span is not null) _answered = DateTime.UtcNow;
        }
    }

    /// <inheritdoc/>
    public void Ended()
    {
        lock (_gate) End();
    }

    private void End()
    {
        if (_span is null) return;
        if (_answered is { } last && last > _span.StartTimeUtc) _span.SetEndTime(last);
        else _span.SetStatus(ActivityStatusCode.Error, "no answer");
        Activity? before = Activity.Current;
        _span.Dispose();
        Activity.Current = before;
        _span = null;
        _answered = null;
    }
}
