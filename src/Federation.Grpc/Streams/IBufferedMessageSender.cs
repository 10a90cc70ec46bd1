namespace Federation.Grpc.Streams;

/// <summary>
/// A message stream that can gather several messages before it hands them to the network at once. The same rule holds as for sending: one writer at a time.
/// </summary>
/// <typeparam name="TOut">What this side sends.</typeparam>
public interface IBufferedMessageSender<in TOut>
{
    /// <summary>Serialises the message into the outgoing buffer; the message may be changed afterwards. It travels with the next flush at the latest.</summary>
    /// <returns>How many bytes it takes in the buffer.</returns>
    /// <exception cref="StreamBrokenException">The connection is lost or the peer ended the stream.</exception>
    int Buffer(TOut message);

    /// <summary>Hands what was buffered to the transport, with flow control.</summary>
    /// <exception cref="StreamBrokenException">The connection is lost or the peer ended the stream.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
