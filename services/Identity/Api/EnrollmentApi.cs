using System.Net;
using Federation.Contracts.V1;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Identity.Enrolling;
using Federation.Identity.Planes;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Google.Protobuf;

namespace Federation.Identity.Api;

/// <summary>The service Enrollment.</summary>
internal static class EnrollmentApi
{
    private static readonly string[] Services = ["identity", "placement", "health", "gateway", "secretstore"];

    public static void MapEnrollment(this IEndpointRouteBuilder endpoints)
    {
        EnrollmentDesk desk = endpoints.ServiceProvider.GetRequiredService<EnrollmentDesk>();
        PlaneCustodian custodian = endpoints.ServiceProvider.GetRequiredService<PlaneCustodian>();
        IConfiguration configuration = endpoints.ServiceProvider.GetRequiredService<IConfiguration>();

        endpoints.MapGrpcUnary(PlaneMethods.FetchAuthority, AllowedPeers.Anonymous, (_, _) =>
            Task.FromResult(new AuthorityReply { Authority = ByteString.CopyFrom(custodian.Authority.Trust.AuthorityDer.Span) }));

        endpoints.MapGrpcUnary(PlaneMethods.Enroll, AllowedPeers.Anonymous, async (request, call) => Reply(await desk.EnrollAsync(
            request.JoinToken, request.SigningRequest.ToByteArray(), request.Node,
            local: call.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address), call.CancellationToken)));

        endpoints.MapGrpcUnary(PlaneMethods.RenewCertificate, AllowedPeers.AgentsAndServices, async (request, call) =>
        {
            Peer peer = call.HttpContext.GetPeer();
            return Reply(await desk.RenewAsync(peer, call.HttpContext.GetPeerCertificate()!, request.SigningRequest.ToByteArray(), call.CancellationToken));
        }).WithMetadata(new ExpiredCertificateServes());

        CertificateReply Reply(EnrollOutcome outcome)
        {
            switch (outcome)
            {
                case EnrollOutcome.Issued issued:
                    var reply = new CertificateReply { Authority = ByteString.CopyFrom(custodian.Authority.Trust.AuthorityDer.Span) };
                    reply.Chain.Add(ByteString.CopyFrom(issued.Certificate));
                    foreach (string service in Services)
                    {
                        if (configuration[$"services:{service}:grpc:0"] is { Length: > 0 } address) reply.Addresses[service] = address;
                    }
                    return reply;
                case EnrollOutcome.Refused refused:
                    throw new RpcException(StatusCode.PermissionDenied, refused.Reason);
                case EnrollOutcome.Malformed malformed:
                    throw new RpcException(StatusCode.InvalidArgument, malformed.Rule);
                default:
                    throw new InvalidOperationException("unknown outcome");
            }
        }
    }
}
