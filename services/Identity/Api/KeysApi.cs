using System.Text.Json.Nodes;
using Federation.Identity.Planes;
using Federation.Security.AtRest;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;

namespace Federation.Identity.Api;

/// <summary>Rotation of Identity's own keys.</summary>
internal static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/keys/signing/rotate", async (HttpContext http, PlaneCustodian custodian) =>
                Results.Json(new JsonObject { ["keyId"] = await custodian.RotateSigningKeyAsync(http.GetPrincipal(), http.RequestAborted) }))
            .RequirePlatformAdmin().WithName("RotateSigningKey").WithTags("Key");
        endpoints.MapPost("/v1/keys/identity/rotate", RotateKeyEncryptionKeyAsync)
            .RequirePlatformAdmin().WithName("RotateIdentityKey").WithTags("Key");
    }

    private static async Task<IResult> RotateKeyEncryptionKeyAsync(HttpContext http, PlaneCustodian custodian)
    {
        try
        {
            return TypedResults.Json(new JsonObject { ["keyId"] = await custodian.RotateKeyEncryptionKeyAsync(http.GetPrincipal(), http.RequestAborted) });
        }
        catch (KeyRingException e)
        {
            return ResourceProblem.Unavailable(e.Message).ToResult();
        }
    }
}
