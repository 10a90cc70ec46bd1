using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Feeds;
using Federation.Grpc.Status;
using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Recoveries;

/// <summary>
/// Placement's feed, which says nothing while the store is not yet brought together with the clusters: followers keep what they know, and
/// routes are not taken away because their declarations are not back yet.
/// </summary>
/// <param name="feed">The feed.</param>
/// <param name="store">Placement's store.</param>
public sealed class RecoveringFeed(IFeedSource feed, IStore store) : IFeedSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!new PlacementState(store.Current).Decides) throw new RpcException(StatusCode.Unavailable, "the plane is being recovered");
        await foreach (FeedMessage message in feed.WatchAsync(request, cancellationToken)) yield return message;
    }
}
