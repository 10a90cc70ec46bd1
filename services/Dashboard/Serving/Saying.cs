using System.Text;

namespace Federation.Dashboard.Serving;

/// <summary>A sentence that a form leaves for the page that follows it, shown once.</summary>
internal static class Saying
{
    private const string Cookie = "federation-said";
    private const int Longest = 500;

    public static void Leave(HttpContext context, string sentence) => context.Response.Cookies.Append(
        Cookie,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(sentence.Length > Longest ? sentence[..Longest] : sentence)),
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = TimeSpan.FromMinutes(1), IsEssential = true });

    public static string? Take(HttpContext context)
    {
        // A stream is no page: it leaves the sentence to the page itself.
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } text || context.Request.Headers.Accept.ToString().StartsWith("text/event-stream", StringComparison.Ordinal)) return null;
        context.Response.Cookies.Delete(Cookie);
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
