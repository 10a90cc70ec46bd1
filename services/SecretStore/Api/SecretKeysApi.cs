using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.SecretStore.Keys;
using Federation.Security.AtRest;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.SecretStore.Api;

/// <summary>Rotation of the keys that secrets are encrypted with.</summary>
internal static class SecretKeysApi
{
    public static void MapSecretKeys(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/keys/secrets/rotate", RotateAsync).RequirePlatformAdmin().WithName("RotateSecretKeys").WithTags("Key");
        endpoints.MapPost("/v1/kits/secretstore", ExportAsync).RequirePlatformAdmin().WithName("ExportSecretStoreForKit").WithTags("Backup");
    }

    private static async Task<IResult> ExportAsync(HttpContext http, KitRequest request, IStore store, KeyVault vault, TimeProvider time, IChance chance)
    {
        byte[] keys = vault.Ring.Export();
        try
        {
            if (KitSeal.TrySeal(request, keys, KitReply.SecretStorePurpose) is not { } reply) return ResourceProblem.Invalid(KitSeal.Rule).ToResult();
            DateTimeOffset now = time.GetUtcNow();
            await store.CommitAsync(new StoreTransaction { Writes = [CopyAudit.Record(http, store, "exported", new DocumentKey("Kit", "secretstore"), now, chance)] }, http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Json(reply);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    // dataKeys=true also encrypts every version anew.
    private static async Task<IResult> RotateAsync(HttpContext http, KeyRotation rotation, bool? dataKeys)
    {
        Principal by = http.GetPrincipal();
        try
        {
            string keyId = await rotation.RotateKeyEncryptionKeyAsync(by, http.RequestAborted);
            int tenants = 0;
            if (dataKeys == true)
            {
                foreach (TenantId tenant in rotation.Tenants())
                {
                    await rotation.RotateDataKeyAsync(tenant, by, http.RequestAborted);
                    tenants++;
                }
            }
            return TypedResults.Json(new JsonObject { ["keyId"] = keyId, ["dataKeysRotated"] = tenants });
        }
        catch (KeyRingException e)
        {
            return ResourceProblem.Unavailable(e.Message).ToResult();
        }
    }
}
