using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Feeds;
using Federation.Grpc.Streams;

namespace Simulation.Tests.Network;

/// <summary>A feed over the simulated network: the first message asks, everything after it is the answer.</summary>
public sealed class SimulatedFeedSource(IMessageConnector<FeedRequest, FeedMessage> connector) : IFeedSource
{
    public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using IMessageStream<FeedRequest, FeedMessage> stream = await connector.ConnectAsync(cancellationToken);
        await stream.SendAsync(request, cancellationToken);
        while (true)
        {
            (bool received, FeedMessage message) = await stream.ReceiveAsync(cancellationToken);
            if (!received) yield break;
            yield return message;
        }
    }

    /// <summary>The serving side.</summary>
    public static async Task ServeAsync(IFeedSource feed, IMessageStream<FeedMessage, FeedRequest> stream, CancellationToken cancellationToken)
    {
        (bool received, FeedRequest request) = await stream.ReceiveAsync(cancellationToken);
        if (!received) return;
        await foreach (FeedMessage message in feed.WatchAsync(request, cancellationToken)) await stream.SendAsync(message, cancellationToken);
    }
}
