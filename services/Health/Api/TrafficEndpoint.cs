using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Grpc.Server;
using Federation.Health.Service.Reports;
using Federation.Health.Witnesses;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Health.Service.Api;

/// <summary>What gateways see, over gRPC.</summary>
public static class TrafficEndpoint
{
    /// <summary>Maps <c>Traffic.Report</c>; only gateways may call it.</summary>
    public static void MapTraffic(this IEndpointRouteBuilder endpoints)
    {
        TrafficDesk desk = endpoints.ServiceProvider.GetRequiredService<TrafficDesk>();
        ObservationDesk observations = endpoints.ServiceProvider.GetRequiredService<ObservationDesk>();
        endpoints.MapGrpcUnary(PlaneMethods.ReportTraffic, AllowedPeers.Service("gateway"), async (request, call) =>
        {
            if (request.WaysTold) observations.GatewaySaid(request.GatewayInstance, Ways(request));
            await desk.TakeAsync(request, call.CancellationToken);
            return new TrafficReceipt();
        });
    }

    private static Dictionary<NodeKey, GatewayWay> Ways(TrafficReport report)
    {
        var ways = new Dictionary<NodeKey, GatewayWay>();
        foreach (NodeWay way in report.Ways)
        {
            ways[NodeKey.Parse(way.Node)] = new GatewayWay(
                way.HasPongAgeMs ? TimeSpan.FromMilliseconds(way.PongAgeMs) : null,
                way.HasAnswerAgeMs ? TimeSpan.FromMilliseconds(way.AnswerAgeMs) : null);
        }
        return ways;
    }
}
