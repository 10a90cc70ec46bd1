using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Identity.Planes;
using Federation.Security.Principals;
using Federation.Security.Tokens;
using Federation.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Identity.Tokens;

/// <summary>The issuer's public endpoints: tokens by client credentials (RFC 6749 section 4.4), key set, discovery.</summary>
internal static class TokenEndpoint
{
    private const int MaxFormBytes = 16 * 1024;

    public static void MapIssuer(this IEndpointRouteBuilder endpoints, IdentityOptions options)
    {
        endpoints.MapPost("/oauth2/token", IssueAsync).AllowAnonymousCaller("the client proves itself with its secret here");
        endpoints.MapGet("/.well-known/jwks.json", (PlaneCustodian custodian) => TypedResults.Json(custodian.Current.Keys.ToJson()))
            .AllowAnonymousCaller("public keys");
        JsonObject discovery = Discovery(options);
        foreach (string path in new[] { "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server" })
            endpoints.MapGet(path, () => TypedResults.Json(discovery)).AllowAnonymousCaller("the issuer's public description");
    }

    private static JsonObject Discovery(IdentityOptions options) => new()
    {
        ["issuer"] = options.Issuer,
        ["token_endpoint"] = options.Issuer + "/oauth2/token",
        ["jwks_uri"] = options.Issuer + "/.well-known/jwks.json",
        ["grant_types_supported"] = new JsonArray("client_credentials"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "client_secret_post"),
        ["response_types_supported"] = new JsonArray(),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
    };

    private static async Task<IResult> IssueAsync(HttpContext http, PlaneCustodian custodian, SecretChecks checks, IdentityOptions options, TimeProvider time)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        if (http.Request.ContentLength > MaxFormBytes || !http.Request.HasFormContentType)
            return Error(400, "invalid_request", "the body is a form (application/x-www-form-urlencoded) of at most 16 KiB");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxFormBytes;
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return Error(400, "invalid_request", "the body is no form");
        }
        if (form.Any(field => field.Value.Count != 1)) return Error(400, "invalid_request", "a field is given twice");
        if (form["grant_type"].ToString() != "client_credentials") return Error(400, "unsupported_grant_type", "the grant type is client_credentials");

        string basic = http.Request.Headers.Authorization.ToString();
        string id = form["client_id"].ToString(), secret = form["client_secret"].ToString();
        if (basic.Length > 0)
        {
            // One method a request (RFC 6749 section 2.3).
            if (secret.Length > 0 || !TryReadBasic(basic, out id, out secret)) return Error(400, "invalid_request", "the client proves itself by Basic, or by client_id and client_secret");
        }
        SecretVerdict verdict = id.Length is 0 or > 200 || secret.Length is 0 or > 1000 ? SecretVerdict.Wrong.Instance : checks.Check(id, secret);
        switch (verdict)
        {
            case SecretVerdict.Right(Principal principal):
                string token = TokenSigner.Sign(custodian.Signing, options.TokenRules, principal, time.GetUtcNow(), TokenRules.Lifetime);
                return TypedResults.Json(new TokenReply(token, "Bearer", (int)TokenRules.Lifetime.TotalSeconds));
            case SecretVerdict.Limited(TimeSpan retryAfter):
                http.Response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return Error(429, "invalid_client", "too many failures under this client id");
            default:
                if (basic.Length > 0) http.Response.Headers.WWWAuthenticate = "Basic realm=\"federation\"";
                return Error(401, "invalid_client", "there is no such client, or its secret is another");
        }
    }

    // The two parts are form-encoded before they are joined (RFC 6749 section 2.3.1).
    private static bool TryReadBasic(string header, out string id, out string secret)
    {
        id = secret = "";
        const string scheme = "Basic ";
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return false;
        byte[] buffer = new byte[2048];
        if (!Convert.TryFromBase64String(header[scheme.Length..].Trim(), buffer, out int length)) return false;
        string pair = Encoding.UTF8.GetString(buffer, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return false;
        id = Uri.UnescapeDataString(pair[..colon].Replace('+', ' '));
        secret = Uri.UnescapeDataString(pair[(colon + 1)..].Replace('+', ' '));
        return true;
    }

    private static IResult Error(int status, string code, string description) =>
        TypedResults.Json(new JsonObject { ["error"] = code, ["error_description"] = description }, statusCode: status);
}
