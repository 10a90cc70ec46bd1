using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Security.Principals;
using Federation.Security.Tokens;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Microsoft.AspNetCore.Http;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Lets a REST call through to its endpoint only if its token is valid and its role suffices there. Endpoints that demand nothing are let through.</summary>
public sealed class AccessMiddleware(RequestDelegate next, ITokenKeySource keys, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredAccess>() is not { } required)
        {
            await next(context);
            return;
        }
        ResourceProblem? refusal = await AdmitAsync(context, required);
        if (refusal is null)
        {
            await next(context);
            return;
        }
        // RFC 6750 section 3.
        if (refusal.Status == 401) context.Response.Headers.WWWAuthenticate = "Bearer realm=\"federation\"";
        if (refusal.Status == 503) context.Response.Headers.RetryAfter = "1";
        await refusal.ToResult().ExecuteAsync(context);
    }

    private async Task<ResourceProblem?> AdmitAsync(HttpContext context, RequiredAccess required)
    {
        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Unauthenticated("the call carries no bearer token");
        string token = header[Scheme.Length..].Trim();
        if ((keys.Current ?? await keys.RefreshAsync(context.RequestAborted)) is not { } known)
            return ResourceProblem.Unavailable("Identity has not answered since this service started, so tokens cannot be checked yet; try again");

        TokenVerdict verdict = TokenVerifier.Verify(token, known.Keys, known.Rules, time.GetUtcNow());
        if (verdict is TokenVerdict.UnknownKey && await keys.RefreshAsync(context.RequestAborted) is { } newer)
            verdict = TokenVerifier.Verify(token, newer.Keys, newer.Rules, time.GetUtcNow());
        return verdict switch
        {
            TokenVerdict.Accepted accepted => Authorize(context, accepted.Principal, required),
            TokenVerdict.Refused refused => Unauthenticated(refused.Rule),
            _ => Unauthenticated("the token is signed with a key that is not the plane's"),
        };
    }

    private static ResourceProblem? Authorize(HttpContext context, Principal principal, RequiredAccess required)
    {
        if (required.PlatformAdmin && !principal.IsPlatformAdmin)
            return Forbidden($"{principal.Name} is {TokenSigner.RoleText(principal.Role)} in {principal.Tenant}; this needs the role admin in {Principal.SystemTenant}");
        if (principal.Role < required.Role)
            return Forbidden($"{principal.Name} has the role {TokenSigner.RoleText(principal.Role)}; this needs {TokenSigner.RoleText(required.Role)}");

        Principal acting = principal;
        if (context.Request.Query.TryGetValue("tenant", out var asked))
        {
            if (asked is not [{ } tenant] || Name.Violation(tenant) is not null) return ResourceProblem.Invalid("tenant in the query is one name");
            if (tenant != principal.Tenant.Value)
            {
                // The same answer whether or not there is such a tenant.
                if (!principal.IsPlatformAdmin) return Forbidden($"{principal.Name} may act for its own tenant, {principal.Tenant}, alone");
                acting = new Principal($"{principal.Tenant}/{principal.Name}", new TenantId(tenant), principal.Role);
            }
        }
        context.SetCaller(principal, acting);
        return null;
    }

    private static ResourceProblem Unauthenticated(string rule) => new(401, ProblemTypes.Unauthenticated, "There is no valid token", rule + "; get one at /oauth2/token");

    private static ResourceProblem Forbidden(string detail) => new(403, ProblemTypes.Forbidden, "The role does not allow it", detail);
}
