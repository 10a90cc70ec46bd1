using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Feeds;
using Federation.Grpc.Client;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.ServiceDefaults.Grpc;

namespace Federation.ServiceDefaults.Feeds;

/// <summary>Another service's feed over gRPC.</summary>
/// <param name="channel">Gives the channel to the owner.</param>
public sealed class GrpcFeedSource(Func<GrpcChannel> channel) : IFeedSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IMessageStream<FeedRequest, FeedMessage> call;
        try
        {
            call = await channel().ServerStreamAsync(PlaneMethods.WatchFeed, request, null, cancellationToken);
        }
        catch (RpcException e)
        {
            throw new StreamBrokenException(e.Message, e);
        }
        await using (call)
        {
            while (true)
            {
                (bool received, FeedMessage message) = await call.ReceiveAsync(cancellationToken);
                if (!received) yield break;
                yield return message;
            }
        }
    }
}
