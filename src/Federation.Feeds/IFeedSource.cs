using Federation.Contracts.V1;
using Federation.Grpc.Streams;

namespace Federation.Feeds;

/// <summary>Where a feed comes from: another service over gRPC, or the simulation's network.</summary>
public interface IFeedSource
{
    /// <summary>
    /// Follows the kinds from the request's cursor on: one FeedStart, then documents and FeedSynced marks in the order of revisions.
    /// Never ends but by cancellation or a break.
    /// </summary>
    /// <exception cref="StreamBrokenException">The connection is lost, or cannot be made.</exception>
    IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, CancellationToken cancellationToken);
}
