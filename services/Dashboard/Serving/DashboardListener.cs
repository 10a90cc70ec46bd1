using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Federation.Dashboard.Serving;

/// <summary>Where the dashboard listens, and the keys that its cookies are sealed with.</summary>
internal static class DashboardListener
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Listens on <c>Federation__HttpPort</c>, on loopback alone: the gateway is the door.</summary>
    public static void AddDashboardListener(this WebApplicationBuilder builder)
    {
        int port = builder.Configuration.GetValue<int?>("Federation:HttpPort") ?? throw new InvalidOperationException("Federation__HttpPort is not set");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            if (port == 0) kestrel.Listen(System.Net.IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http1);
            else kestrel.ListenLocalhost(port, listener => listener.Protocols = HttpProtocols.Http1);
        });
    }

    /// <summary>Keeps the keys under <c>Federation__StateDirectory</c>, for the owner alone.</summary>
    public static void AddCookieKeys(this WebApplicationBuilder builder)
    {
        string state = builder.Configuration["Federation:StateDirectory"] ?? throw new InvalidOperationException("Federation__StateDirectory is not set");
        DirectoryInfo keys = Directory.CreateDirectory(Path.Combine(state, "cookie-keys"), OwnerOnly);
        // An earlier umask may have made it otherwise.
        keys.UnixFileMode = OwnerOnly;
        builder.Services.AddDataProtection().SetApplicationName("Federation.Dashboard").PersistKeysToFileSystem(keys);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "federation-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;
        });
    }
}
