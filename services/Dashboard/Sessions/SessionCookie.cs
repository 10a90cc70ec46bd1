using System.Security.Cryptography;
using System.Text.Json;
using Federation.Domain.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Federation.Dashboard.Sessions;

/// <summary>The session in the browser's keeping: encrypted and signed, unreadable by scripts, sent by this site's own pages alone.</summary>
internal sealed class SessionCookie(IDataProtectionProvider protection, IConfiguration configuration, TimeProvider time)
{
    public const string Name = "federation-session";

    /// <summary>After which time one signs in again.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private readonly IDataProtector _protector = protection.CreateProtector("Federation.Dashboard.Session.v1");

    /// <summary>The session of a request; null if there is none that holds.</summary>
    public Session? Read(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { Length: > 0 } text) return null;
        try
        {
            var session = JsonSerializer.Deserialize<Session>(_protector.Unprotect(Convert.FromBase64String(text)), DomainJson.Options);
            return session?.ExpiresAt > time.GetUtcNow() ? session : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            // Forged, of another installation, or of a version before: whoever sent it signs in anew.
            return null;
        }
    }

    public void Write(HttpContext context, Session session) => context.Response.Cookies.Append(
        Name, Convert.ToBase64String(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(session, DomainJson.Options))), Options(context, session.ExpiresAt));

    public void Remove(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>Whether cookies are marked for HTTPS alone: where the request came so, or the configuration says that a proxy ends TLS.</summary>
    public bool Secure(HttpContext context) => context.Request.IsHttps || configuration.GetValue<bool>("Dashboard:SecureCookies");

    private CookieOptions Options(HttpContext context, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = Secure(context),
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };
}
