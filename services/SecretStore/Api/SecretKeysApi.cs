using System.Text.Json.Nodes;
using Federation.Domain.Identifiers;
using Federation.SecretStore.Keys;
using Federation.Security.AtRest;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;

namespace Federation.SecretStore.Api;

/// <summary>Rotation of the keys that secrets are encrypted with.</summary>
internal static class SecretKeysApi
{
    public static void MapSecretKeys(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/v1/keys/secrets/rotate", RotateAsync).RequirePlatformAdmin().WithName("RotateSecretKeys").WithTags("Key");

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
