using Federation.Contracts.V1;
using Federation.Grpc.Methods;

namespace Federation.Grpc.Tests.Probes;

/// <summary>Methods that the probe server does not serve.</summary>
internal static class OtherMethods
{
    public static readonly GrpcMethod<EnrollRequest, CertificateReply> Enroll = GrpcMethod<EnrollRequest, CertificateReply>.Of(
        EnrollmentReflection.Descriptor.Services.Single(), "Enroll", EnrollRequest.Parser, CertificateReply.Parser);
}
