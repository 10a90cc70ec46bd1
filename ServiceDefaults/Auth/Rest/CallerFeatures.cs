using Federation.Security.Principals;
using Microsoft.AspNetCore.Http;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Who makes a REST call.</summary>
public static class CallerFeatures
{
    /// <summary>
    /// The caller, acting for the tenant that the call is for: its own, or, for a platform administrator, the one that <c>?tenant=</c> names
    /// (its name then is <c>system/NAME</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">The endpoint demands no token, so there is no caller.</exception>
    public static Principal GetPrincipal(this HttpContext context) => Caller(context).Acting;

    /// <summary>The caller as its token says, whatever tenant it acts for.</summary>
    /// <exception cref="InvalidOperationException">The endpoint demands no token, so there is no caller.</exception>
    public static Principal GetTokenPrincipal(this HttpContext context) => Caller(context).Token;

    internal static void SetCaller(this HttpContext context, Principal token, Principal acting) => context.Features.Set(new CallerFeature(token, acting));

    private static CallerFeature Caller(HttpContext context) => context.Features.Get<CallerFeature>()
        ?? throw new InvalidOperationException($"{context.Request.Path} demands no role, so it has no principal: add RequireViewer() or a higher role to its mapping");

    private sealed record CallerFeature(Principal Token, Principal Acting);
}
