using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Identity.Planes;
using Federation.Identity.Tenants;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Api;

/// <summary>Tenants, for the platform's administrators. A new one has the namespace <c>default</c>.</summary>
internal static class TenantsApi
{
    public static void MapTenants(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/tenants", List).RequirePlatformAdmin().WithName("ListTenants").WithTags("Tenant");
        endpoints.MapPost("/v1/tenants", CreateAsync).RequirePlatformAdmin().WithName("CreateTenant").WithTags("Tenant");
    }

    private static IResult List(IStore store) =>
        TypedResults.Json(new ItemList<TenantView>([.. store.Current.ReadAll<TenantDocument>(StoreKinds.Tenant).Select(tenant => new TenantView(tenant.Name, tenant.CreatedAt))]));

    private static async Task<IResult> CreateAsync(HttpContext http, TenantRequest request, IStore store, TimeProvider time, IChance chance)
    {
        if (Name.Violation(request.Name) is { } rule) return ResourceProblem.Invalid($"name: {rule}").ToResult();
        Principal by = http.GetPrincipal();
        var tenant = new TenantId(request.Name);
        DateTimeOffset now = time.GetUtcNow();
        DocumentKey key = StoreKinds.ForTenant(tenant);
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [new(key, 0)],
            Writes =
            [
                new(key, StoreDocuments.Encode(new TenantDocument(request.Name, now))),
                TenantDocument.NamespaceOf(tenant, PlaneFounding.DefaultNamespace, now, chance),
                AuditTrail.Record(new WriteContext(by.Tenant, by.Name, store.Current, now), "created", key, chance),
            ],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed
            ? TypedResults.Json(new TenantView(request.Name, now), statusCode: 201)
            : ResourceProblem.Claimed($"the tenant {request.Name} exists already", request.Name).ToResult();
    }
}
