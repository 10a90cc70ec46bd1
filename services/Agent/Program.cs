using System.Net;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Api;
using Federation.Agent.Mesh;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Hosting;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("agent");
AgentOptions options = AgentOptions.Read(builder.Configuration);
using var stateLock = new StateLock(options.StateDirectory);
using var startLog = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
int meshPort = MeshPort.Find(options.StateDirectory, startLog.CreateLogger("Federation.Agent.Mesh"));

builder.AddPlaneMembership(new CertificateKeeperOptions
{
    Folder = Path.Combine(options.StateDirectory, "certificate"),
    JoinTokenFile = options.JoinTokenFile,
    AuthorityFile = builder.Configuration["Federation:AuthorityFile"],
    Node = options.Node.Value,
});
builder.AddAgentNode(options, meshPort);
builder.Services.AddTunnelTransport();
builder.Services.AddLoops(AgentNode.Loops);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    // What workloads send each other may be of any size and pace.
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Listen(StreamTargets.Api, listener => listener.Protocols = HttpProtocols.Http1);
    kestrel.Listen(IPAddress.Loopback, meshPort, listener => listener.Protocols = HttpProtocols.Http1);
    if (options.HttpPort is { } port) kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http1);
});

WebApplication app = builder.Build();
// What ran before this start runs on: it is known again before anything is said to the plane.
await app.Services.GetRequiredService<NodeReconciler>().StartAsync(CancellationToken.None);
app.Services.GetRequiredService<ReplicaMetrics>();
MeshProxy mesh = app.Services.GetRequiredService<MeshProxy>();
app.Use((context, next) => context.Connection.LocalPort == meshPort && context.Features.Get<ITunnelFeature>() is null ? mesh.HandleAsync(context) : next(context));
app.UseWebSockets();
app.MapServiceDefaults();
app.MapReplicaApi();
await app.RunAsync();
