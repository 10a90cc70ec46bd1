using Federation.Grpc.Methods;
using Google.Protobuf.Reflection;

namespace Federation.Grpc.Tests.Probes;

internal static class ProbeMethods
{
    public static readonly ServiceDescriptor Service = ProbeReflection.Descriptor.Services.Single();

    public static readonly GrpcMethod<ProbeRequest, ProbeReply> Ask = Of("Ask");
    public static readonly GrpcMethod<ProbeRequest, ProbeReply> Collect = Of("Collect");
    public static readonly GrpcMethod<ProbeRequest, ProbeReply> Spread = Of("Spread");
    public static readonly GrpcMethod<ProbeRequest, ProbeReply> Chat = Of("Chat");

    private static GrpcMethod<ProbeRequest, ProbeReply> Of(string name) =>
        GrpcMethod<ProbeRequest, ProbeReply>.Of(Service, name, ProbeRequest.Parser, ProbeReply.Parser);
}
