using Federation.Dashboard.Display;

namespace Federation.Dashboard.Serving;

/// <summary>Light, dark, or as the system has it.</summary>
internal static class ThemeForm
{
    public const string Cookie = "federation-theme";

    public static void MapTheme(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/theme", (RequestDelegate)(async context =>
    {
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string theme = form["theme"].ToString();
        // The page's own script reads it too: it is no secret.
        var options = new CookieOptions { SameSite = SameSiteMode.Strict, Path = "/", MaxAge = TimeSpan.FromDays(365), IsEssential = true };
        if (theme is "light" or "dark") context.Response.Cookies.Append(Cookie, theme, options);
        else context.Response.Cookies.Delete(Cookie, options);
        string? to = form["to"];
        context.Response.Redirect(Addresses.IsLocal(to) ? to! : "/");
    })).CheckForm();
}
