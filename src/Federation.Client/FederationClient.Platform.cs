using Federation.Client.Requests;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;

namespace Federation.Client;

public sealed partial class FederationClient
{
    /// <summary>What a swarm runs that is not the plane's, with the workloads that it would be; read from the swarm by its agent. For platform admins.</summary>
    public Task<IReadOnlyList<ForeignService>> ForeignServicesAsync(string cluster, CancellationToken ct = default) => GetItemsAsync<ForeignService>(ApiPath.Of("clusters", cluster, "services"), ct);

    /// <summary>Keeps new replicas off a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task CordonAsync(string cluster, CancellationToken ct = default) => OrderAsync(cluster, "cordon", ct);

    /// <summary>Lets a cluster take replicas again, and ends its draining.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task UncordonAsync(string cluster, CancellationToken ct = default) => OrderAsync(cluster, "uncordon", ct);

    /// <summary>Moves what a cluster runs elsewhere.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task DrainAsync(string cluster, CancellationToken ct = default) => OrderAsync(cluster, "drain", ct);

    /// <summary>Keeps new replicas off one node of a native cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task CordonNodeAsync(string cluster, string node, CancellationToken ct = default) => OrderAsync(cluster, node, "cordon", ct);

    /// <summary>Lets a node take replicas again, and ends its draining.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task UncordonNodeAsync(string cluster, string node, CancellationToken ct = default) => OrderAsync(cluster, node, "uncordon", ct);

    /// <summary>Moves what one node of a native cluster runs elsewhere.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">The node.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task DrainNodeAsync(string cluster, string node, CancellationToken ct = default) => OrderAsync(cluster, node, "drain", ct);

    /// <summary>What has not left a cluster, or a node, that it is to leave.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="node">Only of this node; of the whole cluster if null.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<IReadOnlyList<DepartureView>> DeparturesAsync(string cluster, string? node = null, CancellationToken ct = default) =>
        GetItemsAsync<DepartureView>(ApiPath.Of("clusters", cluster, "departures").With("node", node), ct);

    /// <summary>Decides that a cluster, or a node, is gone for good, or takes that back.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="request">Which node, and what becomes of its volumes.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<ConfirmLostReply> ConfirmLostAsync(string cluster, ConfirmLostRequest request, CancellationToken ct = default) =>
        PostAsync<ConfirmLostReply>(ApiPath.Of("clusters", cluster, "confirm-lost"), request, ct);

    /// <summary>What would be better placed elsewhere.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public Task<RebalanceReply> PlanRebalanceAsync(CancellationToken ct = default) => GetJsonAsync<RebalanceReply>(ApiPath.Of("rebalance"), ct);

    /// <summary>Carries a rebalancing out.</summary>
    /// <param name="plan">The plan that was shown; null to take whatever it is.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<RebalanceReply> RebalanceAsync(string? plan = null, CancellationToken ct = default) => PostAsync<RebalanceReply>(ApiPath.Of("rebalance"), new RebalanceRequest(plan), ct);

    /// <summary>Ends a rebalancing where it is: what has moved stays, the rest does not move.</summary>
    /// <param name="ct">Ends the waiting.</param>
    public async Task EndRebalanceAsync(CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, ApiPath.Of("rebalance"), null, ct);
    }

    /// <summary>Makes a one-time token by which a node joins.</summary>
    /// <param name="request">For which cluster and node, and how long.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<JoinTokenReply> CreateJoinTokenAsync(JoinTokenRequest request, CancellationToken ct = default) =>
        PostAsync<JoinTokenReply>(ApiPath.Of("jointokens"), request, ct);

    /// <summary>Makes a service account.</summary>
    /// <param name="request">Its name and role.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<ServiceAccountReply> CreateServiceAccountAsync(ServiceAccountRequest request, CancellationToken ct = default) =>
        PostAsync<ServiceAccountReply>(ApiPath.Of("serviceaccounts"), request, ct);

    /// <summary>The tenant's service accounts, by name.</summary>
    public Task<IReadOnlyList<ServiceAccountView>> ServiceAccountsAsync(CancellationToken ct = default) =>
        GetItemsAsync<ServiceAccountView>(ApiPath.Of("serviceaccounts"), ct);

    /// <summary>Gives a service account a new secret; the old one ends.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<ServiceAccountReply> RotateServiceAccountAsync(string name, CancellationToken ct = default) =>
        PostAsync<ServiceAccountReply>(ApiPath.Of("serviceaccounts", name, "rotate"), null, ct);

    /// <summary>Removes a service account; its tokens end with their lives.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task DeleteServiceAccountAsync(string name, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, ApiPath.Of("serviceaccounts", name), null, ct);
    }

    /// <summary>Makes a tenant.</summary>
    /// <param name="request">Its name.</param>
    /// <param name="ct">Ends the waiting.</param>
    public Task<TenantView> CreateTenantAsync(TenantRequest request, CancellationToken ct = default) =>
        PostAsync<TenantView>(ApiPath.Of("tenants"), request, ct);

    /// <summary>The plane's tenants, by name.</summary>
    public Task<IReadOnlyList<TenantView>> TenantsAsync(CancellationToken ct = default) => GetItemsAsync<TenantView>(ApiPath.Of("tenants"), ct);

    private async Task OrderAsync(string cluster, string node, string order, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, ApiPath.Of("clusters", cluster, "nodes", node, order), null, ct);
    }

    private async Task OrderAsync(string cluster, string order, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, ApiPath.Of("clusters", cluster, order), null, ct);
    }
}
