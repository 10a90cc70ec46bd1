using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Grpc.Client;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.ServiceDefaults.Grpc;
using Google.Protobuf;

namespace Federation.Placement.Agents;

/// <summary>Asks SecretStore over gRPC.</summary>
public sealed class GrpcMaterialSealer(Func<GrpcChannel> secretStore) : IMaterialSealer
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<SealedMaterial>> SealAsync(Assignment order, ReadOnlyMemory<byte> recipientCertificate, CancellationToken cancellationToken)
    {
        var request = new SealRequest
        {
            Tenant = order.Workload.Tenant.Value,
            Namespace = order.Workload.Namespace,
            RecipientCertificate = ByteString.CopyFrom(recipientCertificate.Span),
            AssignmentId = order.Id.Value,
        };
        request.References.AddRange((order.Template.Configs ?? []).Select(r => new MaterialReference { Kind = "Config", Name = r.Name, Version = r.Version ?? 0 }));
        request.References.AddRange((order.Template.Secrets ?? []).Select(r => new MaterialReference { Kind = "Secret", Name = r.Name, Version = r.Version ?? 0 }));
        try
        {
            SealReply reply = await secretStore().UnaryAsync(PlaneMethods.Seal, request, null, cancellationToken);
            return reply.Material;
        }
        catch (Exception e) when (e is RpcException or StreamBrokenException or HttpRequestException)
        {
            throw new MaterialUnavailableException($"SecretStore did not seal the material of assignment {order.Id}: {e.Message}", e);
        }
    }
}
