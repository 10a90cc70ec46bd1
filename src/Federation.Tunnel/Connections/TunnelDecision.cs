using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>The answer to a stream that the peer wants to open.</summary>
public abstract record TunnelDecision
{
    private TunnelDecision() { }

    /// <summary>Take it.</summary>
    /// <param name="Serve">Runs for the life of the stream; the stream is disposed when it returns. The token fires when the tunnel ends.</param>
    public sealed record Accept(Func<TunnelStream, CancellationToken, Task> Serve) : TunnelDecision;

    /// <summary>Do not take it: the target was not reached, and no data were exchanged.</summary>
    /// <param name="Reason">Told to the peer.</param>
    public sealed record Refuse(string Reason) : TunnelDecision;
}
