using Federation.Contracts.Api;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Dashboard.Sessions;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Pages;

/// <summary>The tenant's namespaces and accounts; for the platform's administrators all tenants.</summary>
public sealed record TenantsModel(
    Session Session,
    Reading<IReadOnlyList<Namespace>> Namespaces,
    Reading<IReadOnlyList<TenantView>>? Tenants,
    Reading<IReadOnlyList<ServiceAccountView>>? Accounts,
    IReadOnlyList<Workload> Workloads)
{
    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        Session session = request.Session;
        var namespacesTask = request.ReadAsync(request.Plane.Namespaces);
        var workloadsTask = request.ReadAsync(request.Plane.Workloads);
        // Not asked for where it would be refused.
        Task<Reading<IReadOnlyList<TenantView>>>? tenantsTask = session.IsPlatformAdmin ? request.ReadAsync(request.Plane.Tenants) : null;
        Task<Reading<IReadOnlyList<ServiceAccountView>>>? accountsTask = session.MayAdminister ? request.ReadAsync(request.Plane.Accounts) : null;
        return PageContent.Of<TenantsPage>("Tenants", "tenants", new TenantsModel(
            session, await namespacesTask, tenantsTask is null ? null : await tenantsTask, accountsTask is null ? null : await accountsTask, (await workloadsTask).Value ?? []));
    }
}
