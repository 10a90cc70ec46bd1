using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Tenancy;
using Federation.Identity.Accounts;
using Federation.Identity.Planes;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Api;

/// <summary>Service accounts of the caller's tenant. A secret is shown once, in the answer that makes it.</summary>
internal static class AccountsApi
{
    private const string Path = "/v1/serviceaccounts";

    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, List).RequireAdmin().WithName("ListServiceAccounts").WithTags("ServiceAccount");
        endpoints.MapPost(Path, CreateAsync).RequireAdmin().WithName("CreateServiceAccount").WithTags("ServiceAccount");
        endpoints.MapPost(Path + "/{name}/rotate", RotateAsync).RequireAdmin().WithName("RotateServiceAccount").WithTags("ServiceAccount");
        endpoints.MapDelete(Path + "/{name}", DeleteAsync).RequireAdmin().WithName("DeleteServiceAccount").WithTags("ServiceAccount");
    }

    private static IResult List(HttpContext http, IStore store) => TypedResults.Json(new ItemList<ServiceAccountView>(
        [.. store.Current.ReadAll<ServiceAccountDocument>(StoreKinds.ServiceAccount, http.GetPrincipal().Tenant + "/").Select(account => account.ToView())]));

    private static async Task<IResult> CreateAsync(HttpContext http, ServiceAccountRequest request, IStore store, TimeProvider time, IChance chance)
    {
        Principal by = http.GetPrincipal();
        if (Name.Violation(request.Name) is { } rule) return ResourceProblem.Invalid($"name: {rule}").ToResult();
        Role? role = request.Role switch { "viewer" => Role.Viewer, "deployer" => Role.Deployer, "admin" => Role.Admin, _ => null };
        if (role is null) return ResourceProblem.Invalid($"role is viewer, deployer or admin, not '{request.Role}'").ToResult();
        IStoreSnapshot snapshot = store.Current;
        DocumentKey tenantKey = StoreKinds.ForTenant(by.Tenant);
        if (snapshot.Get(tenantKey) is not { } tenant) return ResourceProblem.Unresolved($"the tenant {by.Tenant} does not exist; make it with POST /v1/tenants").ToResult();
        ServiceAccountDocument account = ServiceAccountDocument.Create(by.Tenant, request.Name, role.Value, time.GetUtcNow(), by.Name, out string secret);
        DocumentKey key = StoreKinds.ForAccount(by.Tenant, request.Name);
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [new(key, 0), new(tenantKey, tenant.Revision)],
            Writes = [new(key, StoreDocuments.Encode(account)), Audit(by, snapshot, "created", key, time, chance)],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed
            ? TypedResults.Json(account.ToReply(secret), statusCode: 201)
            : ResourceProblem.Claimed($"the service account {request.Name} exists already; POST {Path}/{request.Name}/rotate gives it a new secret", request.Name).ToResult();
    }

    private static async Task<IResult> RotateAsync(HttpContext http, string name, IStore store, TimeProvider time, IChance chance)
    {
        Principal by = http.GetPrincipal();
        DocumentKey key = StoreKinds.ForAccount(by.Tenant, name);
        IStoreSnapshot snapshot = store.Current;
        if (snapshot.Get(key) is not { } document) return ResourceProblem.NotFound($"the service account {name}").ToResult();
        ServiceAccountDocument old = document.Read<ServiceAccountDocument>();
        ServiceAccountDocument account = old with { SecretHash = ServiceAccountDocument.Create(old.Tenant, old.Name, old.Role, old.CreatedAt, by.Name, out string secret).SecretHash };
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [new(key, document.Revision)],
            Writes = [new(key, StoreDocuments.Encode(account)), Audit(by, snapshot, "rotated", key, time, chance)],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed
            ? TypedResults.Json(account.ToReply(secret))
            : ResourceProblem.Precondition($"{name} was changed by another at the same time; try again").ToResult();
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string name, IStore store, TimeProvider time, IChance chance)
    {
        Principal by = http.GetPrincipal();
        DocumentKey key = StoreKinds.ForAccount(by.Tenant, name);
        IStoreSnapshot snapshot = store.Current;
        if (snapshot.Get(key) is not { } document) return ResourceProblem.NotFound($"the service account {name}").ToResult();
        // The platform without an administrator could not be repaired from outside; the count is part of the transaction by its documents' revisions.
        var admins = snapshot.List(StoreKinds.ServiceAccount, Principal.SystemTenant + "/").Where(one => one.Read<ServiceAccountDocument>().Role == Role.Admin).ToList();
        if (by.Tenant == Principal.SystemTenant && admins is [var last] && last.Key == key)
            return ResourceProblem.InUse($"{name} is the platform's last administrator; make another first").ToResult();
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [new(key, document.Revision), .. admins.Where(one => by.Tenant == Principal.SystemTenant && one.Key != key).Select(one => new StoreCondition(one.Key, one.Revision))],
            Writes = [new(key, null), Audit(by, snapshot, "deleted", key, time, chance)],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed
            ? TypedResults.NoContent()
            : ResourceProblem.Precondition($"{name} was changed by another at the same time; try again").ToResult();
    }

    private static StoreWrite Audit(Principal by, IStoreSnapshot snapshot, string action, DocumentKey target, TimeProvider time, IChance chance) =>
        AuditTrail.Record(new WriteContext(by.Tenant, by.Name, snapshot, time.GetUtcNow()), action, target, chance);
}
