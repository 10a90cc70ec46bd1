using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Federation.Storage;

namespace Federation.Placement.Agents;

/// <summary>The agents' door.</summary>
public static class AssignmentEndpoints
{
    /// <summary>Maps <c>Assignments.Stream</c>: each agent gets the orders of the node that its certificate names.</summary>
    public static void MapAssignments(
        this IEndpointRouteBuilder endpoints, AgentSessions sessions, IStore store, IMaterialSealer sealer, TimeProvider time) =>
        endpoints.MapGrpcDuplex(PlaneMethods.StreamAssignments, AllowedPeers.Agents, async (stream, call) =>
        {
            if (call.HttpContext.GetPeer() is not Peer.Agent agent || call.HttpContext.GetPeerCertificate() is not { } certificate)
                throw new RpcException(StatusCode.PermissionDenied, "only agents get orders");
            var session = new AssignmentSession(agent.Node, certificate.RawData, store, sealer, time);
            try
            {
                await sessions.RunAsync(agent.Node, ct => session.RunAsync(stream, ct), call.CancellationToken);
            }
            catch (StaleLeaderException e)
            {
                throw new RpcException(StatusCode.FailedPrecondition, e.Message);
            }
        });
}
