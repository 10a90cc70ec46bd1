using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Api;
using Federation.Agent.Logs;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Cli;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Federation.Gateway.Api;
using Federation.Gateway.Tables;
using Federation.Gateway.Traffic;
using Federation.Gateway.Tunnels;
using Federation.Gateway.Upstreams;
using Federation.Grpc.Client;
using Federation.Grpc.Metadata;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Federation.Security.Principals;
using Federation.Security.Tokens;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Federation.Services.Tests.Gateway;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Reach;

/// <summary>
/// What lies between fedctl and a process on a node, real from end to end: the gateway's API with its token checks, a tunnel, the agent's API, a node with
/// processes. Placement and Health stand in as a few answers; the issuer as a few tokens, whose client id is the role.
/// </summary>
internal sealed class ReachRig : IAsyncDisposable
{
    private static readonly NodeKey Node = NodeKey.Parse("edge/n1");
    private readonly SigningKey _key = SigningKey.Create();
    private readonly CancellationTokenSource _ending = new();
    private readonly List<WebApplication> _applications = [];
    private readonly string _runtime;
    private readonly FileNodeJournal _journal;
    private readonly ProcessReplicaHost _host;
    private readonly NodeReconciler _reconciler;
    private readonly Task _running;
    private GrpcChannel _channel = null!;
    private TunnelConnection _tunnel = null!;

    private ReachRig()
    {
        Folder = Directory.CreateTempSubdirectory("federation-reach-").FullName;
        _runtime = "/dev/shm/" + Path.GetFileName(Folder);
        var options = new ProcessHostOptions
        {
            Cluster = Node.Cluster,
            Node = Node.Node,
            StateDirectory = Folder,
            RuntimeDirectory = _runtime,
            VolumeDirectory = Path.Combine(_runtime, "volumes"),
        };
        _journal = new FileNodeJournal(Path.Combine(Folder, "journal"));
        _host = new ProcessReplicaHost(options, new NoMaterial(), TimeProvider.System, NullLogger<ProcessReplicaHost>.Instance);
        _reconciler = new NodeReconciler(
            new NodeReconcilerOptions { Cluster = Node.Cluster, Node = Node.Node, Allocatable = new(new(4000), new(1L << 31)) },
            _journal, _host, new LeaseKeeper(TimeProvider.System), TimeProvider.System, SecureChance.Instance, NullLogger<NodeReconciler>.Instance);
        _running = RunAsync();
    }

    public string Folder { get; }

    public Uri Address { get; private set; } = null!;

    public static async Task<ReachRig> StartAsync()
    {
        var rig = new ReachRig();
        Uri services = await rig.StartServicesAsync();
        (Uri tunnels, TunnelRegistry registry) = await rig.StartGatewayAsync(services);
        await rig.StartAgentAsync(tunnels);
        while (!registry.Nodes.Contains(Node)) await Task.Delay(10, TestContext.Current.CancellationToken);
        return rig;
    }

    /// <summary>Runs a workload of a tenant's namespace <c>default</c> until its replicas are ready.</summary>
    public async Task<IReadOnlyList<ReplicaObservation>> RunAsync(string workload, string script, int replicas = 1, string tenant = "default", PortTemplate? port = null)
    {
        var order = new Assignment
        {
            Id = new($"{tenant}.{workload}.edge.n1"),
            Workload = new(new(tenant), "default", workload),
            WorkloadUid = workload,
            Cluster = Node.Cluster,
            Node = Node.Node,
            Replicas = replicas,
            Generation = 1,
            Revision = new("r1"),
            Template = new WorkloadTemplate
            {
                Process = new ProcessTemplate { Command = "/bin/sh", Arguments = ["-c", script] },
                Ports = port is null ? null : [port],
                DrainSeconds = 0,
                StopGraceSeconds = 1,
                Restart = new RestartPolicy { BackoffSeconds = 0.2, MaxBackoffSeconds = 1 },
            },
        };
        _orders.Add(new DesiredAssignment(order, []));
        await _reconciler.ApplyAsync([.. _orders], 1, _orders.Count, CancellationToken.None);
        return await SeeAsync(workload, seen => seen.Count == replicas && seen.All(static replica => replica.State == ReplicaState.Ready));
    }

    private readonly List<DesiredAssignment> _orders = [];

    /// <summary>What the gateway put on record.</summary>
    public ConcurrentQueue<AuditEntry> Audit { get; } = new();

    /// <summary>Whether nobody takes records.</summary>
    public bool AuditIsAway { get; set; }

    public async Task<IReadOnlyList<ReplicaObservation>> SeeAsync(string workload, Func<IReadOnlyList<ReplicaObservation>, bool> predicate)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (ClusterObservationSet set in _reconciler.WatchAsync(limit.Token))
        {
            ReplicaObservation[] seen = [.. set.Replicas.Where(replica => replica.Workload.Name == workload).OrderBy(static replica => replica.Id.Value, StringComparer.Ordinal)];
            if (predicate(seen)) return seen;
        }
        throw new TimeoutException("not seen");
    }

    public FederationClient Client(string role = "deployer", string tenant = "default") => FederationClient.Create(Context(role, tenant));

    /// <summary>A call of fedctl by somebody of a role.</summary>
    public async Task<(int ExitCode, string Out, string Error)> FedctlAsync(string[] args, string input = "", string role = "deployer", Func<string, bool>? enough = null, Action<string>? written = null, CancellationTokenSource? stop = null)
    {
        string path = Path.Combine(Folder, $"{role}.json");
        new ContextFile().With("test", Context(role, "default"), true).Save(path);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, stop?.Token ?? CancellationToken.None);
        ending.CancelAfter(TimeSpan.FromSeconds(90));
        var output = new EnoughWriter(text =>
        {
            written?.Invoke(text);
            if (enough?.Invoke(text) == true) ending.Cancel();
        });
        var error = new StringWriter();
        var console = new CliConsole(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error, OutIsTerminal: false, ErrorIsTerminal: false, InIsTerminal: false, Width: 80);
        // Behind a lone "--" everything is the command's own.
        int code = await FedctlProgram.RunAsync([args[0], "--context-file", path, .. args[1..]], console, ending.Token);
        return (code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _reconciler.ApplyAsync([], long.MaxValue, 1, CancellationToken.None);
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
        {
            await foreach (ClusterObservationSet set in _reconciler.WatchAsync(limit.Token))
                if (set.Replicas.Count == 0) break;
        }
        await _tunnel.DisposeAsync();
        _channel.Dispose();
        foreach (WebApplication application in _applications)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await application.StopAsync(patience.Token);
            await application.DisposeAsync();
        }
        await _ending.CancelAsync();
        await _running;
        _host.Dispose();
        _journal.Dispose();
        _key.Dispose();
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(_runtime, recursive: true);
    }

    private ClientContext Context(string role, string tenant) => new() { Server = Address, ClientId = role, ClientSecret = tenant, Namespace = "default" };

    private async Task RunAsync()
    {
        await _reconciler.StartAsync(CancellationToken.None);
        try
        {
            await _reconciler.RunAsync(_ending.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task<Uri> StartServicesAsync()
    {
        int port = GatewayRig.FreePort();
        WebApplication app = Bare(builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port))).Build();
        app.MapGet("/v1/namespaces/default/workloads/{name}/replicas", (string name) => Results.Json(new ItemList<ReplicaView>(
        [
            .. _reconciler.Current.Replicas.Where(replica => replica.Workload.Name == name && replica.Workload.Tenant.Value == "default").OrderBy(static replica => replica.Id.Value, StringComparer.Ordinal)
                .Select(static replica => new ReplicaView(replica.Id.Value, "default", replica.Workload.Name, replica.Cluster.Value, replica.Node?.Value, replica.Revision.Value,
                    replica.State.ToString().ToLowerInvariant(), replica.Restarts, replica.StartedAt, replica.LastEnd, replica.Message)),
        ]), DomainJson.Options));
        app.MapGet("/v1/namespaces/default/workloads/{name}", (string name) => _orders.FirstOrDefault(order => order.Assignment.Workload.Name == name) is { } order
            ? Results.Json(new JsonObject
            {
                ["apiVersion"] = "federation/v1",
                ["kind"] = "Workload",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
                ["spec"] = new JsonObject { ["template"] = System.Text.Json.JsonSerializer.SerializeToNode(order.Assignment.Template, DomainJson.Options) },
            })
            : Results.Problem("there is no such resource", statusCode: 404, type: ProblemTypes.NotFound));
        app.MapGet("/v1/namespaces/default/workloads", () => Results.Json(new ResourceList("federation/v1", "List", "1", null, []), DomainJson.Options));
        app.MapPost("/oauth2/token", async context =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            Role role = Enum.Parse<Role>(form["client_id"].ToString(), ignoreCase: true);
            string token = TokenSigner.Sign(_key, Keys.Rules, new Principal(form["client_id"]!, new TenantId(form["client_secret"]!), role), DateTimeOffset.UtcNow, TokenRules.Lifetime);
            await context.Response.WriteAsJsonAsync(new TokenReply(token, "Bearer", 600), DomainJson.Options);
        });
        await StartAsync(app);
        return new Uri($"http://127.0.0.1:{port}");
    }

    private PlaneKeys Keys => new(new TokenRules("http://localhost", TokenRules.FederationAudience), new JsonWebKeySet([_key.Public]));

    private async Task<(Uri Tunnels, TunnelRegistry Registry)> StartGatewayAsync(Uri services)
    {
        int api = GatewayRig.FreePort(), tunnels = GatewayRig.FreePort();
        WebApplicationBuilder builder = Bare(builder => builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.UseGrpc();
            kestrel.Listen(IPAddress.Loopback, api);
            kestrel.ListenLocalhost(tunnels, listener => listener.Protocols = HttpProtocols.Http2);
        }));
        foreach (string owner in (string[])["identity", "placement", "health"]) builder.Configuration[$"services:{owner}:http:0"] = services.ToString();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IChance>(SecureChance.Instance);
        builder.Services.AddSingleton<ITokenKeySource>(new FixedKeys(Keys));
        builder.Services.AddGrpcServer(static options => options.Authorize = static (_, _) => true);
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(provider => new GatewayTable(provider.GetRequiredService<IChance>()));
        builder.Services.AddSingleton<TunnelRegistry>();
        builder.Services.AddSingleton<IReplicaDialer, TunnelDialer>();
        builder.Services.AddSingleton<RouteTraffic>();
        builder.Services.AddSingleton(provider => new ReachAudit((entry, _) =>
        {
            if (AuditIsAway) throw new RpcException(StatusCode.Unavailable, "nobody listens");
            Audit.Enqueue(entry);
            return Task.CompletedTask;
        }, TimeProvider.System, NullLogger<ReachAudit>.Instance));
        builder.Services.AddGatewayApi();
        WebApplication app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        app.UseWebSockets();
        app.MapGatewayApi();
        TunnelRegistry registry = app.Services.GetRequiredService<TunnelRegistry>();
        app.MapGrpcDuplex(PlaneMethods.ConnectTunnel, AllowedPeers.Agents, (stream, call) =>
            registry.ServeAsync(Node, stream, static (_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("no mesh here")), call.CancellationToken));
        await StartAsync(app);
        Address = new Uri($"http://127.0.0.1:{api}");
        return (new Uri($"http://127.0.0.1:{tunnels}"), registry);
    }

    private async Task StartAgentAsync(Uri gateway)
    {
        WebApplicationBuilder builder = Bare(static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(StreamTargets.Api, static listener => listener.Protocols = HttpProtocols.Http1)));
        builder.Services.AddTunnelTransport();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new NodeReplicaHost(_host, containers: null));
        builder.Services.AddSingleton(_reconciler);
        builder.Services.AddSingleton(new AgentOptions { Cluster = Node.Cluster, Node = Node.Node, StateDirectory = Folder, Capacity = new(new CpuMillis(4000), new MemoryBytes(1L << 31)) });
        builder.Services.AddSingleton<NodeUsageReader>();
        builder.Services.AddSingleton<IReplicaConnector, ProcessConnector>();
        builder.Services.AddSingleton<IReplicaOutput, NodeOutput>();
        builder.Services.AddSingleton<IReplicaCommands, NodeCommands>();
        builder.Services.AddSingleton<StreamTargets>();
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.MapReplicaApi();
        await StartAsync(app);
        _channel = new GrpcChannel(gateway, new GrpcChannelOptions());
        IMessageStream<TunnelFrame, TunnelFrame> stream = await _channel.DuplexAsync(PlaneMethods.ConnectTunnel, new GrpcCallOptions { Headers = new GrpcMetadata() });
        _tunnel = TunnelConnection.Start(stream, TunnelRole.Agent, app.Services.GetRequiredService<StreamTargets>().DecideAsync);
    }

    private async Task StartAsync(WebApplication app)
    {
        _applications.Add(app);
        await app.StartAsync();
    }

    private static WebApplicationBuilder Bare(Action<WebApplicationBuilder> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        return builder;
    }

    private sealed class FixedKeys(PlaneKeys keys) : ITokenKeySource
    {
        public PlaneKeys? Current => keys;

        public Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult<PlaneKeys?>(keys);
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }

    private sealed class EnoughWriter(Action<string> written) : StringWriter
    {
        public override void Flush() => written(ToString());

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flush();
            return Task.CompletedTask;
        }
    }
}
