using System.Net;
using Federation.Client;
using Federation.Client.Tokens;
using Federation.Dashboard.Display;
using Federation.Dashboard.Pages;
using Federation.Dashboard.Planes;
using Federation.Dashboard.Serving;

namespace Federation.Dashboard.Sessions;

/// <summary>Signing in with a service account's client id and secret, signing out, and changing the tenant that is looked at.</summary>
internal static class SignIn
{
    private const string UsualTenant = "default";
    private static readonly TimeSpan FirstReading = TimeSpan.FromMilliseconds(800);

    public static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", (RequestDelegate)(context => Pages(context).ShowAsync(context, SignInPage.Content(null, null, Wanted(context.Request.Query["to"])))));
        endpoints.MapPost("/sign-in", (RequestDelegate)SignInAsync).CheckForm();
        endpoints.MapPost("/sign-out", (RequestDelegate)SignOutAsync).CheckForm();
        endpoints.MapPost("/tenant", (RequestDelegate)ChangeTenantAsync).CheckForm();
    }

    private static async Task SignInAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string clientId = form["clientId"].ToString().Trim(), clientSecret = form["clientSecret"].ToString().Trim();
        string? to = Wanted(form["to"]);
        var planes = context.RequestServices.GetRequiredService<PlaneConnections>();
        (Session? session, string? refusal, int status) = clientId.Length == 0 || clientSecret.Length == 0
            ? (null, "Give the client id and the secret.", 400)
            : await TryAsync(planes, clientId, clientSecret, context.RequestServices.GetRequiredService<TimeProvider>(), context.RequestAborted);
        if (session is null)
        {
            await Pages(context).ShowAsync(context, SignInPage.Content(refusal, clientId, to) with { Status = status });
            return;
        }
        PlaneConnection plane = planes.Of(session);
        if (session.IsPlatformAdmin && (await plane.Tenants.GetAsync(FirstReading, context.RequestAborted)).Value?.Any(tenant => tenant.Name == UsualTenant) == true)
        {
            // The platform's own tenant holds no workloads: whoever administers it looks at another.
            session = session with { Tenant = UsualTenant };
            plane = planes.Of(session);
        }
        plane.WarmUp();
        await Task.WhenAll(plane.Clusters.GetAsync(FirstReading, context.RequestAborted), plane.Workloads.GetAsync(FirstReading, context.RequestAborted));
        context.RequestServices.GetRequiredService<SessionCookie>().Write(context, session);
        context.Response.Redirect(to ?? "/");
    }

    private static async Task<(Session? Session, string? Refusal, int Status)> TryAsync(
        PlaneConnections planes, string clientId, string clientSecret, TimeProvider time, CancellationToken ct)
    {
        using ClientCredentials credentials = planes.Credentials(clientId, clientSecret);
        try
        {
            TokenClaims claims = TokenClaims.Read(await credentials.GetAsync(ct)) ?? throw new ApiException(HttpStatusCode.BadGateway, null, "The plane's token is not understood", null);
            return (new Session
            {
                ClientId = clientId,
                ClientSecret = clientSecret,
                Name = claims.Name,
                OwnTenant = claims.Tenant,
                Tenant = claims.Tenant,
                Role = claims.Role,
                ExpiresAt = time.GetUtcNow() + SessionCookie.Life,
            }, null, 200);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
        {
            return (null, "There is no such account, or its secret is another.", 401);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.TooManyRequests)
        {
            return (null, "Too many tries with a wrong secret; wait a minute.", 429);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, $"The plane does not answer: {e.Message}", 503);
        }
    }

    private static Task SignOutAsync(HttpContext context)
    {
        context.RequestServices.GetRequiredService<SessionCookie>().Remove(context);
        context.Response.Redirect("/sign-in");
        return Task.CompletedTask;
    }

    private static async Task ChangeTenantAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        var cookie = context.RequestServices.GetRequiredService<SessionCookie>();
        string tenant = form["tenant"].ToString();
        if (cookie.Read(context) is { } session && (session.IsPlatformAdmin || tenant == session.OwnTenant) && Domain.Identifiers.Name.Violation(tenant) is null)
        {
            session = session with { Tenant = tenant };
            cookie.Write(context, session);
            PlaneConnection plane = context.RequestServices.GetRequiredService<PlaneConnections>().Of(session);
            plane.WarmUp();
            await plane.Workloads.GetAsync(FirstReading, context.RequestAborted);
        }
        // Another tenant has other things: one begins at the overview.
        context.Response.Redirect("/");
    }

    private static string? Wanted(string? to) => Addresses.IsLocal(to) ? to : null;

    private static PageServer Pages(HttpContext context) => context.RequestServices.GetRequiredService<PageServer>();
}
