using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Hosting;
using Federation.Gateway.Loops;
using Federation.Gateway.Tables;
using Federation.Gateway.Tunnels;
using Federation.Gateway.Upstreams;
using Federation.Grpc.Server;
using Federation.Routing.Documents;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Grpc;
using Federation.ServiceDefaults.Hosting;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Gateway;

/// <summary>A gateway with a real Kestrel and real tunnels over loopback; Health is a store that the test writes, agents are <see cref="RigAgent"/>s.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    // As in production somebody listens to Kestrel's meters: they once ended the mesh's listener at its first connection.
    private static readonly MeterListener Meters = ListenToMeters();

    private readonly WebApplication _app;

    private GatewayRig(WebApplication app, DocumentStore health, int ingress, int tunnels)
    {
        _app = app;
        Health = health;
        IngressPort = ingress;
        TunnelPort = tunnels;
        Client = NewClient();
    }

    public DocumentStore Health { get; }

    public int IngressPort { get; }

    public int TunnelPort { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public GatewayTable Table => _app.Services.GetRequiredService<GatewayTable>();

    public UpstreamPool Upstreams => _app.Services.GetRequiredService<UpstreamPool>();

    public static async Task<GatewayRig> StartAsync(string? folder = null, bool healthAnswers = true)
    {
        GC.KeepAlive(Meters);
        int ingress = FreePort();
        int tunnels = FreePort();
        DocumentStore health = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, CancellationToken.None);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["Federation:IngressPort"] = ingress.ToString(System.Globalization.CultureInfo.InvariantCulture);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IChance>(SecureChance.Instance);
        builder.Services.AddProblemDetails();
        builder.Services.AddGrpcServer(options => options.Authorize = static (_, _) => true);
        builder.AddGatewayListeners();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.UseGrpc();
            kestrel.ListenLocalhost(tunnels, listener => listener.Protocols = HttpProtocols.Http2);
        });
        ILastTableFile file = folder is null ? new NoFile() : new LastTableFile(folder);
        builder.AddForwarding(_ => file);
        IFeedSource source = healthAnswers ? new StoreFeed(health, document => document.Body, TimeProvider.System) : new SilentSource();
        builder.Services.AddSingleton(new FeedFollower("health", source, TableLoop.FollowedKinds, TimeProvider.System, SecureChance.Instance, NullLogger.Instance));
        builder.Services.AddLoops(provider =>
        [
            ("table", provider.GetRequiredService<TableLoop>().RunAsync),
            ("health feed", provider.GetRequiredService<FeedFollower>().RunAsync),
        ]);
        WebApplication app = builder.Build();
        app.UseWorkloadDoors();
        app.UseRouting();
        TunnelRegistry registry = app.Services.GetRequiredService<TunnelRegistry>();
        var mesh = app.Services.GetRequiredService<TunnelConnectionListenerFactory>();
        app.MapGrpcDuplex(PlaneMethods.ConnectTunnel, AllowedPeers.Agents, async (stream, call) =>
        {
            NodeKey node = NodeKey.Parse(call.HttpContext.Request.Headers["x-node"].ToString());
            await registry.ServeAsync(node, stream, (_, _) => ValueTask.FromResult(mesh.Accept(GatewayListeners.Mesh, new Peer.Agent(node))), call.CancellationToken);
        });
        await app.StartAsync();
        return new GatewayRig(app, health, ingress, tunnels);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{IngressPort}"),
        Timeout = TimeSpan.FromSeconds(60),
    };

    public async Task PutAsync(params object[] documents)
    {
        await Health.CommitAsync(new StoreTransaction { Writes = [.. documents.Select(Write)] }, CancellationToken.None);
    }

    public Task DeleteAsync(string kind, string key) =>
        Health.CommitAsync(new StoreTransaction { Writes = [new StoreWrite(new DocumentKey(kind, key), null)] }, CancellationToken.None);

    /// <summary>The documents of a workload <c>default/default/NAME</c> at a host, with its replicas.</summary>
    public async Task ServeAsync(string host, string service, params (string Replica, string Node)[] endpoints)
    {
        await PutAsync([new TableState { Complete = true }, Route(host, service), Endpoints(service, PortProtocol.Http, endpoints)]);
        await WaitForAsync(() => Table.Current.FindService($"default/default/{service}")?.Endpoints.Length == endpoints.Length);
    }

    public static RouteEntry Route(string host, string service, string? port = null) =>
        new() { Host = host, Path = "/", Service = WorkloadKey.Parse($"default/default/{service}"), Port = port };

    public static ServiceEndpoints Endpoints(string service, PortProtocol protocol, params (string Replica, string Node)[] endpoints) => new()
    {
        Service = WorkloadKey.Parse($"default/default/{service}"),
        Endpoints =
        [
            .. endpoints.OrderBy(endpoint => endpoint.Replica, StringComparer.Ordinal).Select(endpoint => new ServiceEndpoint
            {
                Replica = new ReplicaId(endpoint.Replica),
                Node = NodeKey.Parse(endpoint.Node),
                Ports = [new EndpointPort("http", protocol)],
            }),
        ],
    };

    public async Task WaitForNodeAsync(string node) => await WaitForAsync(() => Table.Reach(NodeKey.Parse(node)).Connected);

    public static async Task WaitForAsync(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "what was waited for did not come");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string host, string path, string? id = null, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Host = host;
        if (id is not null) request.Headers.Add("X-Test-Id", id);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        await Health.DisposeAsync();
    }

    private static MeterListener ListenToMeters()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.Start();
        return listener;
    }

    private static StoreWrite Write(object document)
    {
        (string kind, string key) = document switch
        {
            TableState => (TableState.Kind, TableState.Key),
            RouteEntry route => (RouteEntry.Kind, route.Key),
            ServiceEndpoints service => (ServiceEndpoints.Kind, service.Service.ToString()),
            Verdict verdict => ("Verdict", $"{verdict.Cluster}/{verdict.Node}"),
            NodeReport report => ("NodeReport", $"{report.Cluster}/{report.Node}"),
            _ => throw new ArgumentException(document.GetType().Name),
        };
        return new StoreWrite(new DocumentKey(kind, key), JsonSerializer.SerializeToUtf8Bytes(document, document.GetType(), DomainJson.Options));
    }

    private sealed class NoFile : ILastTableFile
    {
        public byte[]? Read() => null;

        public void Replace(ReadOnlySpan<byte> bytes)
        {
            // These tests do not restart.
        }
    }

    private sealed class SilentSource : IFeedSource
    {
        public async IAsyncEnumerable<Federation.Contracts.V1.FeedMessage> WatchAsync(
            Federation.Contracts.V1.FeedRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }
    }
}
