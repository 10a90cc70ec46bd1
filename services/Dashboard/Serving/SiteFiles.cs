using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Federation.Dashboard.Serving;

/// <summary>Style, script and icon, carried inside the program and served under the hash of their content, so that a browser keeps them for good.</summary>
internal static class SiteFiles
{
    private static readonly FrozenDictionary<string, (string Address, string Type, byte[] Content)> Files = Load();

    /// <summary>Where a file is served.</summary>
    public static string Address(string name) => Files[name].Address;

    public static void MapSiteFiles(this IEndpointRouteBuilder endpoints)
    {
        foreach ((string address, string type, byte[] content) in Files.Values)
        {
            endpoints.MapGet(address, (RequestDelegate)(async context =>
            {
                context.Response.ContentType = type;
                context.Response.ContentLength = content.Length;
                context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                await context.Response.Body.WriteAsync(content, context.RequestAborted);
            }));
        }
    }

    private static FrozenDictionary<string, (string, string, byte[])> Load()
    {
        const string prefix = "wwwroot/";
        Assembly own = typeof(SiteFiles).Assembly;
        return own.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[prefix.Length..], name =>
        {
            using Stream stream = own.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            string hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6));
            string type = Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                var other => throw new InvalidOperationException($"nobody said what type {other} is"),
            };
            return ($"/assets/{hash}/{name[prefix.Length..]}", type, content);
        });
    }
}
