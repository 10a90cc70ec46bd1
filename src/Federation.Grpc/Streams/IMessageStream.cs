namespace Federation.Grpc.Streams;

/// <summary>
/// One side of a duplex message stream: the seam between loops and the network. Implemented by gRPC calls and by the simulation's network.
/// One reader and one writer at a time; reading and writing may overlap.
/// </summary>
/// <typeparam name="TOut">What this side sends.</typeparam>
/// <typeparam name="TIn">What this side receives.</typeparam>
public interface IMessageStream<in TOut, TIn> : IAsyncDisposable
{
    /// <summary>
    /// Sends a message, in order. Completes when it is handed to the transport (with flow control: a slow peer delays it), not when it has arrived.
    /// </summary>
    /// <exception cref="StreamBrokenException">The connection is lost or the peer ended the stream.</exception>
    ValueTask SendAsync(TOut message, CancellationToken cancellationToken);

    /// <summary>Receives the next message; false when the peer ended the stream cleanly.</summary>
    /// <exception cref="StreamBrokenException">The connection is lost, or the peer ended the stream with an error.</exception>
    ValueTask<(bool Received, TIn Message)> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says that this side sends no more. Receiving goes on.</summary>
    ValueTask CompleteAsync(CancellationToken cancellationToken);
}
