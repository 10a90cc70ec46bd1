using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Federation.TestKit.Engine;

/// <summary>An image registry with one image (<c>team/app:1</c>), for who knows its login; where an engine asks without TLS: on loopback, or on the outside of a <see cref="SwarmBed"/>.</summary>
public sealed class SmallRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private readonly WebApplication _application;
    private readonly Dictionary<string, byte[]> _blobs = [];
    private byte[] _manifest = [];

    private readonly string _architecture;

    private SmallRegistry(string login, IPAddress address, string architecture)
    {
        _architecture = architecture;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{address}:0");
        _application = builder.Build();
        _application.Use(async (context, next) =>
        {
            if (context.Request.Headers.Authorization == login)
            {
                await next(context);
                return;
            }
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"registry\"";
            context.Response.StatusCode = 401;
        });
        _application.MapGet("/v2/", static () => Results.Ok());
        _application.MapMethods("/v2/team/app/manifests/{reference}", ["GET", "HEAD"], (string reference, HttpContext context) =>
        {
            if (reference != "1" && reference != Digest) return Results.NotFound();
            context.Response.Headers["Docker-Content-Digest"] = Digest;
            return Results.Bytes(_manifest, ManifestType);
        });
        _application.MapMethods("/v2/team/app/blobs/{digest}", ["GET", "HEAD"], (string digest) =>
        {
            if (!_blobs.TryGetValue(digest, out byte[]? blob)) return Results.NotFound();
            Served++;
            return Results.Bytes(blob, "application/octet-stream");
        });
    }

    /// <summary>What images of it are called by.</summary>
    public string Host => new Uri(_application.Urls.Single()).Authority;

    /// <summary>The image's digest.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>How many parts of it were fetched.</summary>
    public int Served { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="user">Who may fetch.</param>
    /// <param name="password">By what.</param>
    /// <param name="address">Where it listens; on loopback if left out.</param>
    /// <param name="architecture">The processor that its image says it is for.</param>
    public static async Task<SmallRegistry> StartAsync(string user, string password, IPAddress? address = null, string architecture = "amd64")
    {
        var registry = new SmallRegistry("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")), address ?? IPAddress.Loopback, architecture);
        await registry.FillAsync();
        await registry._application.StartAsync();
        return registry;
    }

    /// <summary>A file with the login, as <c>docker login</c> writes it.</summary>
    public string LoginFile(string user, string password) =>
        JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [Host] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")) } } });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task FillAsync()
    {
        byte[] tar;
        await using (Stream layer = await DockerEngine.LayerAsync())
        {
            using var plain = new MemoryStream();
            await layer.CopyToAsync(plain);
            tar = plain.ToArray();
        }
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(tar);
        string layerDigest = Add(packed.ToArray());
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(new { architecture = _architecture, os = "linux", config = new { Cmd = new[] { "/bin/sleep", "600" } }, rootfs = new { type = "layers", diff_ids = new[] { DigestOf(tar) } } });
        string configDigest = Add(config);
        _manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = config.Length, digest = configDigest },
            layers = new[] { new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = (int)packed.Length, digest = layerDigest } },
        });
        Digest = DigestOf(_manifest);
    }

    private string Add(byte[] blob)
    {
        string digest = DigestOf(blob);
        _blobs[digest] = blob;
        return digest;
    }

    private static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
