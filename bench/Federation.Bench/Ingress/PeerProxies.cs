using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Bench.Ingress;

/// <summary>What runs beside our gateway: Debian's haproxy and nginx, and YARP as its documentation sets it up; each with one worker on one core.</summary>
internal static class PeerProxies
{
    public static readonly string[] Names = ["haproxy", "nginx", "stock YARP"];

    /// <summary>Starts one in front of the upstreams, and waits until it listens.</summary>
    public static async Task<(Process Process, Uri Address)> StartAsync(string name, int core, IReadOnlyList<int> upstreams, string folder, CancellationToken ct)
    {
        int port = FreePort();
        Process process = name switch
        {
            "haproxy" => Pinned.Start(core, "haproxy", "-db", "-f", Write(folder, "haproxy.cfg", Haproxy(port, upstreams))),
            "nginx" => Pinned.Start(core, "nginx", "-p", folder, "-c", Write(folder, "nginx.conf", Nginx(port, upstreams, folder))),
            _ => Pinned.Start(core, Environment.ProcessPath!, ["serve-yarp", port.ToString(CultureInfo.InvariantCulture), .. upstreams.Select(static upstream => upstream.ToString(CultureInfo.InvariantCulture))]),
        };
        for (int tries = 0; ; tries++)
        {
            if (process.HasExited) throw new InvalidOperationException($"{name} ended at once: {await process.StandardError.ReadToEndAsync(ct)}");
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, ct);
                return (process, new Uri($"http://127.0.0.1:{port}"));
            }
            catch (SocketException) when (tries < 200)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    /// <summary>YARP with routes and clusters from configuration: this program again, as a process of its own.</summary>
    public static async Task<int> ServeYarpAsync(string[] arguments)
    {
        int[] ports = [.. arguments.Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];
        var settings = new Dictionary<string, string?>
        {
            ["ReverseProxy:Routes:all:ClusterId"] = "replicas",
            ["ReverseProxy:Routes:all:Match:Path"] = "{**rest}",
            ["ReverseProxy:Clusters:replicas:LoadBalancingPolicy"] = "PowerOfTwoChoices",
        };
        foreach (int upstream in ports[1..]) settings[$"ReverseProxy:Clusters:replicas:Destinations:{upstream}:Address"] = $"http://127.0.0.1:{upstream}";
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(ports[0]));
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        WebApplication app = builder.Build();
        app.MapReverseProxy();
        await app.RunAsync();
        return 0;
    }

    private static string Haproxy(int port, IReadOnlyList<int> upstreams) => $"""
        global
          nbthread 1
          maxconn 4096
        defaults
          mode http
          option http-keep-alive
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        frontend door
          bind 127.0.0.1:{port}
          default_backend replicas
        backend replicas
          balance leastconn
        {string.Join('\n', upstreams.Select(static (upstream, i) => $"  server r{i} 127.0.0.1:{upstream} check"))}

        """;

    private static string Nginx(int port, IReadOnlyList<int> upstreams, string folder) => $$"""
        daemon off;
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/nginx.error.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
          upstream replicas {
            least_conn;
            {{string.Join(' ', upstreams.Select(static upstream => $"server 127.0.0.1:{upstream};"))}}
            keepalive 256;
          }
          server {
            listen 127.0.0.1:{{port}};
            keepalive_requests 1000000000;
            location / { proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
          }
        }
        """;

    private static string Write(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
