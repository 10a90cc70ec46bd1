using Federation.Grpc.Methods;

namespace Federation.Grpc.Server;

/// <summary>What each mapped method's endpoint carries, so that tests and authorisation can list who may call what.</summary>
/// <param name="Path"><c>/package.Service/Method</c>.</param>
/// <param name="Kind">Which side streams.</param>
/// <param name="AllowedPeers">Who may call it.</param>
public sealed record GrpcMethodMetadata(string Path, GrpcMethodKind Kind, AllowedPeers AllowedPeers);
