using Federation.Contracts.Api;
using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Api;

/// <summary>Where a workload's replicas are, as Health tells the caller.</summary>
public sealed class WorkloadReplicas(OwnerCalls calls)
{
    /// <summary>The replicas; null while Health does not answer.</summary>
    public async Task<IReadOnlyList<ReplicaView>?> ListAsync(HttpContext context, string inNamespace, string workload)
    {
        string tenant = context.GetPrincipal().Tenant.Value;
        string query = context.GetTokenPrincipal().Tenant.Value == tenant ? "" : $"?tenant={Uri.EscapeDataString(tenant)}";
        return (await calls.GetAsync<ItemList<ReplicaView>>(context, "health",
            $"/v1/namespaces/{Uri.EscapeDataString(inNamespace)}/workloads/{Uri.EscapeDataString(workload)}/replicas{query}"))?.Items;
    }
}
