using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Health.Service.Reports;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Drills;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Health.Service.Api;

/// <summary>The agents' reports over gRPC.</summary>
public static class ReportsEndpoint
{
    /// <summary>Maps <c>Observations.Report</c>; only agents may call it, each for its own node.</summary>
    public static void MapReports(this IEndpointRouteBuilder endpoints)
    {
        ReportSessions sessions = endpoints.ServiceProvider.GetRequiredService<ReportSessions>();
        ObservationDesk desk = endpoints.ServiceProvider.GetRequiredService<ObservationDesk>();
        DrillWatch drills = endpoints.ServiceProvider.GetRequiredService<DrillWatch>();
        FeedFollower placement = endpoints.ServiceProvider.GetRequiredService<FeedFollower>();
        TimeProvider time = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        IHostApplicationLifetime lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        endpoints.MapGrpcDuplex(PlaneMethods.ReportObservations, AllowedPeers.Agents, async (stream, call) =>
        {
            NodeKey node = ((Peer.Agent)call.HttpContext.GetPeer()).Node;
            if (placement.Current.Find<LostCluster>(LostCluster.Kind, node.Cluster.Value) is not null)
                throw new RpcException(StatusCode.PermissionDenied, $"cluster {node.Cluster} was deleted as lost: it gets no lease, and what it runs gets no traffic");
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, lifetime.ApplicationStopping);
            await sessions.RunAsync(node, token => new ReportSession(node, desk, time, () => drills.Covers(node.Cluster)).RunAsync(stream, token), ending.Token);
        });
    }
}
