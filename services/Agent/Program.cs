using System.Net;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Node.Reconciling;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Api;
using Federation.Agent.Kubernetes;
using Federation.Agent.Mesh;
using Federation.Agent.Node;
using Federation.Agent.Swarm;
using Federation.Agent.Tunnels;
using Federation.Domain.Clusters;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Hosting;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("agent");
AgentOptions options = AgentOptions.Read(builder.Configuration);
using var stateLock = new StateLock(options.StateDirectory);
bool swarm = options.Drives == ClusterKind.Swarm, kubernetes = options.Drives == ClusterKind.Kubernetes;
using var startLog = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
// A swarm's tasks and a cluster's pods are on many machines: what they call goes over their own networks, not through a proxy on this one.
int? meshPort = swarm || kubernetes ? null : MeshPort.Find(options.StateDirectory, startLog.CreateLogger("Federation.Agent.Mesh"));

builder.AddPlaneMembership(new CertificateKeeperOptions
{
    Folder = Path.Combine(options.StateDirectory, "certificate"),
    JoinTokenFile = options.JoinTokenFile,
    AuthorityFile = builder.Configuration["Federation:AuthorityFile"],
    Node = options.Node.Value,
});
if (meshPort is { } mesh) builder.AddAgentNode(options, mesh);
else if (swarm) builder.AddAgentSwarm(options);
else builder.AddAgentKubernetes(options, startLog.CreateLogger("Federation.Agent.Kubernetes"));
builder.Services.AddTunnelTransport();
builder.Services.AddLoops(swarm ? AgentSwarm.Loops : kubernetes ? AgentKubernetes.Loops : AgentNode.Loops);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    // What workloads send each other may be of any size and pace.
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Listen(StreamTargets.Api, listener => listener.Protocols = HttpProtocols.Http1);
    if (meshPort is { } proxy) kestrel.Listen(IPAddress.Loopback, proxy, listener => listener.Protocols = HttpProtocols.Http1);
    if (options.HttpPort is { } port) kestrel.Listen(IPAddress.Loopback, port, listener => listener.Protocols = HttpProtocols.Http1);
});

WebApplication app = builder.Build();
// What ran before this start runs on: it is known again before anything is said to the plane.
if (swarm)
{
    await app.Services.GetRequiredService<SwarmReconciler>().StartAsync(CancellationToken.None);
    app.Services.GetRequiredService<SwarmMetrics>();
}
else if (kubernetes)
{
    await app.Services.GetRequiredService<KubernetesReconciler>().StartAsync(CancellationToken.None);
    app.Services.GetRequiredService<KubernetesMetrics>();
}
else
{
    await app.Services.GetRequiredService<NodeReconciler>().StartAsync(CancellationToken.None);
    app.Services.GetRequiredService<ReplicaMetrics>();
    MeshProxy calls = app.Services.GetRequiredService<MeshProxy>();
    app.Use((context, next) => context.Connection.LocalPort == meshPort && context.Features.Get<ITunnelFeature>() is null ? calls.HandleAsync(context) : next(context));
}
app.UseWebSockets();
app.MapServiceDefaults();
app.MapReplicaApi();
await app.RunAsync();
