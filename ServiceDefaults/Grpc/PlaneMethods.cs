using Federation.Contracts.V1;
using Federation.Grpc.Methods;

namespace Federation.ServiceDefaults.Grpc;

/// <summary>The plane's gRPC methods, from the contracts' own descriptors.</summary>
public static class PlaneMethods
{
    public static GrpcMethod<FeedRequest, FeedMessage> WatchFeed { get; } =
        GrpcMethod<FeedRequest, FeedMessage>.Of(FeedReflection.Descriptor.Services[0], "Watch", FeedRequest.Parser, FeedMessage.Parser);

    public static GrpcMethod<AgentMessage, PlacementMessage> StreamAssignments { get; } =
        GrpcMethod<AgentMessage, PlacementMessage>.Of(AssignmentsReflection.Descriptor.Services[0], "Stream", AgentMessage.Parser, PlacementMessage.Parser);

    public static GrpcMethod<AgentReport, HealthMessage> ReportObservations { get; } =
        GrpcMethod<AgentReport, HealthMessage>.Of(ObservationsReflection.Descriptor.Services[0], "Report", AgentReport.Parser, HealthMessage.Parser);

    public static GrpcMethod<TrafficReport, TrafficReceipt> ReportTraffic { get; } =
        GrpcMethod<TrafficReport, TrafficReceipt>.Of(TrafficReflection.Descriptor.Services[0], "Report", TrafficReport.Parser, TrafficReceipt.Parser);

    public static GrpcMethod<TunnelFrame, TunnelFrame> ConnectTunnel { get; } =
        GrpcMethod<TunnelFrame, TunnelFrame>.Of(TunnelReflection.Descriptor.Services[0], "Connect", TunnelFrame.Parser, TunnelFrame.Parser);

    public static GrpcMethod<AuthorityRequest, AuthorityReply> FetchAuthority { get; } =
        GrpcMethod<AuthorityRequest, AuthorityReply>.Of(EnrollmentReflection.Descriptor.Services[0], "Authority", AuthorityRequest.Parser, AuthorityReply.Parser);

    public static GrpcMethod<EnrollRequest, CertificateReply> Enroll { get; } =
        GrpcMethod<EnrollRequest, CertificateReply>.Of(EnrollmentReflection.Descriptor.Services[0], "Enroll", EnrollRequest.Parser, CertificateReply.Parser);

    public static GrpcMethod<RenewRequest, CertificateReply> RenewCertificate { get; } =
        GrpcMethod<RenewRequest, CertificateReply>.Of(EnrollmentReflection.Descriptor.Services[0], "Renew", RenewRequest.Parser, CertificateReply.Parser);

    public static GrpcMethod<AuditEntry, AuditReceipt> AppendAudit { get; } =
        GrpcMethod<AuditEntry, AuditReceipt>.Of(AuditReflection.Descriptor.Services[0], "Append", AuditEntry.Parser, AuditReceipt.Parser);

    public static GrpcMethod<SealRequest, SealReply> Seal { get; } =
        GrpcMethod<SealRequest, SealReply>.Of(SealingReflection.Descriptor.Services[0], "Seal", SealRequest.Parser, SealReply.Parser);
}
