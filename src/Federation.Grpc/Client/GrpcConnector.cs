using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Grpc.Client;

/// <summary>Dials a duplex method: the seam's network side.</summary>
/// <typeparam name="TOut">What this side sends.</typeparam>
/// <typeparam name="TIn">What this side receives.</typeparam>
/// <param name="channel">Gives the channel for each attempt; asked anew so that an address may change.</param>
/// <param name="method">A duplex method.</param>
/// <param name="options">Sent with each attempt.</param>
public sealed class GrpcConnector<TOut, TIn>(Func<GrpcChannel> channel, GrpcMethod<TOut, TIn> method, GrpcCallOptions? options = null) : IMessageConnector<TOut, TIn>
    where TOut : class, IMessage<TOut>
    where TIn : class, IMessage<TIn>
{
    /// <summary>Dials over one channel.</summary>
    public GrpcConnector(GrpcChannel channel, GrpcMethod<TOut, TIn> method, GrpcCallOptions? options = null)
        : this(() => channel, method, options)
    {
    }

    /// <inheritdoc />
    public async Task<IMessageStream<TOut, TIn>> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await channel().DuplexAsync(method, options, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            throw new StreamBrokenException($"{method.Path}: {e.Message}", e);
        }
    }
}
