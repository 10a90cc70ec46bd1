using Federation.Contracts.V1;
using Federation.Grpc.Server;
using Federation.Health.Service.Reports;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Health.Service.Api;

/// <summary>The gateways' counts over gRPC.</summary>
public static class TrafficEndpoint
{
    /// <summary>Maps <c>Traffic.Report</c>; only gateways may call it.</summary>
    public static void MapTraffic(this IEndpointRouteBuilder endpoints)
    {
        TrafficDesk desk = endpoints.ServiceProvider.GetRequiredService<TrafficDesk>();
        endpoints.MapGrpcUnary(PlaneMethods.ReportTraffic, AllowedPeers.Service("gateway"), async (request, call) =>
        {
            await desk.TakeAsync(request, call.CancellationToken);
            return new TrafficReceipt();
        });
    }
}
