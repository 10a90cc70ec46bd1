using Federation.Contracts.V1;
using Federation.Feeds;
using Federation.Grpc.Server;
using Federation.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Feeds;

/// <summary>Serves a service's documents to the other services.</summary>
public static class FeedEndpoint
{
    /// <summary>Maps <c>DocumentFeed.Watch</c>; only services may call it.</summary>
    public static void MapDocumentFeed(this IEndpointRouteBuilder endpoints, IFeedSource feed) =>
        endpoints.MapGrpcServerStream(PlaneMethods.WatchFeed, AllowedPeers.Services, async (request, stream, call) =>
        {
            await foreach (FeedMessage message in feed.WatchAsync(request, call.CancellationToken))
                await stream.SendAsync(message, call.CancellationToken);
        });
}
