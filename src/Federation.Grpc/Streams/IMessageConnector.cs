namespace Federation.Grpc.Streams;

/// <summary>Dials a duplex stream; the seam behind which the simulation puts its network.</summary>
public interface IMessageConnector<TOut, TIn>
{
    /// <summary>Opens a stream. May succeed before the peer has answered.</summary>
    /// <exception cref="StreamBrokenException">The peer cannot be reached or refuses; the message says which.</exception>
    Task<IMessageStream<TOut, TIn>> ConnectAsync(CancellationToken cancellationToken);
}
