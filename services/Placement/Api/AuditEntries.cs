using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.ServiceDefaults.Grpc;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What people do with workloads past the API: the gateway tells it here before it lets them, and it is kept with Placement's own records.</summary>
public static class AuditEntries
{
    /// <summary>Maps <c>Audit.Append</c>; only gateways may call it.</summary>
    public static void MapAuditEntries(this IEndpointRouteBuilder endpoints, IStore store, TimeProvider time, IChance chance) =>
        endpoints.MapGrpcUnary(PlaneMethods.AppendAudit, AllowedPeers.Service("gateway"), async (entry, call) =>
        {
            if (Name.Violation(entry.Tenant) is { } rule) throw new RpcException(StatusCode.InvalidArgument, $"tenant: {rule}");
            var context = new WriteContext(new TenantId(entry.Tenant), entry.Principal, store.Current, time.GetUtcNow());
            await store.CommitAsync(new StoreTransaction
            {
                Writes = [AuditTrail.Record(context, entry.Action, new DocumentKey(ResourceKindName, entry.Workload), chance, entry.Detail.Length == 0 ? null : entry.Detail)],
            }, call.CancellationToken);
            return new AuditReceipt();
        });

    private static readonly string ResourceKindName = Domain.Resources.ResourceKind.Of<Workload>().Name;
}
