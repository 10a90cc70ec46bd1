using System.Security.Cryptography;
using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Identity.Planes;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Api;

/// <summary>Keys for backups, and Identity's part of the offline kit.</summary>
internal static class BackupApi
{
    public static void MapBackups(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/backups", CreateKeyAsync).RequirePlatformAdmin().WithName("CreateBackupKey").WithTags("Backup");
        endpoints.MapPost("/v1/kits", ExportAsync).RequirePlatformAdmin().WithName("ExportIdentityForKit").WithTags("Backup");
    }

    private static async Task<IResult> CreateKeyAsync(HttpContext http, IStore store, PlaneCustodian custodian, TimeProvider time, IChance chance)
    {
        DateTimeOffset now = time.GetUtcNow();
        BackupKeyReply reply = custodian.NewBackupKey(now);
        await store.CommitAsync(new StoreTransaction { Writes = [CopyAudit.Record(http, store, "backed-up", new DocumentKey("Plane", reply.Plane), now, chance)] }, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(reply, statusCode: 201);
    }

    private static async Task<IResult> ExportAsync(HttpContext http, KitRequest request, IStore store, PlaneCustodian custodian, TimeProvider time, IChance chance)
    {
        KitPart part = custodian.ExportForKit(store.Current.List(StoreKinds.Member, "agent/").Select(static member => member.Key.Key["agent/".Length..]));
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(part, DomainJson.Options);
        try
        {
            if (KitSeal.TrySeal(request, content, KitReply.IdentityPurpose) is not { } reply) return ResourceProblem.Invalid(KitSeal.Rule).ToResult();
            await store.CommitAsync(new StoreTransaction { Writes = [CopyAudit.Record(http, store, "exported", new DocumentKey("Kit", part.Plane), time.GetUtcNow(), chance)] }, http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Json(reply);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(part.AuthorityKey);
            CryptographicOperations.ZeroMemory(part.Keys);
        }
    }
}
