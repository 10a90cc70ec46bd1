using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Placement.Documents;
using Federation.Placement.Drills;
using Federation.Placement.Recoveries;
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
        this IEndpointRouteBuilder endpoints, AgentSessions sessions, IStore store, IMaterialSealer sealer, TimeProvider time, RecoveryDesk recoveries, DrillDesk drills) =>
        endpoints.MapGrpcDuplex(PlaneMethods.StreamAssignments, AllowedPeers.Agents, async (stream, call) =>
        {
            if (call.HttpContext.GetPeer() is not Peer.Agent agent || call.HttpContext.GetPeerCertificate() is not { } certificate)
                throw new RpcException(StatusCode.PermissionDenied, "only agents get orders");
            if (store.Current.Get(new(Kinds.LostCluster, agent.Node.Cluster.Value)) is not null)
                throw new RpcException(StatusCode.PermissionDenied, $"cluster {agent.Node.Cluster} was deleted as lost: its work was settled elsewhere; to use it again, end what it runs and register it anew");
            if (drills.Covers(agent.Node.Cluster)) throw new RpcException(StatusCode.Unavailable, "the cluster is cut off by a drill");
            var session = new AssignmentSession(agent.Node, certificate.RawData, store, sealer, time, recoveries);
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
