// The map of the system: every service, who needs whom, and a sample world of three clusters on this machine.
using Federation.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var state = new LocalState(builder.StateDirectory);
// A key-encryption key each: they are rotated apart.
var identityKey = builder.AddParameter("identity-kek", secret: true);
var secretStoreKey = builder.AddParameter("secretstore-kek", secret: true);

// Who is who. At its first start it makes the plane: its authority, signing key, and join tokens for the other services.
var identity = AddService("identity", "../services/Identity/Identity.csproj", 7110)
    .WithKeyFile("Federation__KekFile", identityKey, state)
    .WithEnvironment("Federation__BootstrapDirectory", state.Bootstrap);

var secretStore = AddService("secretstore", "../services/SecretStore/SecretStore.csproj", 7120)
    .WithKeyFile("Federation__KekFile", secretStoreKey, state);

// The write path decides, the read path judges; they follow each other's feeds.
var placement = AddService("placement", "../services/Placement/Placement.csproj", 7130);
var health = AddService("health", "../services/Health/Health.csproj", 7140);

// The only door: the API, the workloads' ingress, and the agents' tunnels.
var gateway = AddService("gateway", "../services/Gateway/Gateway.csproj", 7070)
    .WithHttpEndpoint(8080, "ingress", env: "Federation__IngressPort");

// What people see: pages drawn from the public API with the signed-in account's own token. The gateway passes browsers on to it.
var dashboard = builder.AddProject("dashboard", "../services/Dashboard/Dashboard.csproj")
    .WithHttpEndpoint(7160, "http", env: "Federation__HttpPort")
    .WithEnvironment("Federation__StateDirectory", state.Of("dashboard"))
    .WithEnvironment("Federation__EndWithParent", "true")
    .WithoutFileWatch()
    .WithHttpHealthCheck("/health")
    .WithReference(gateway);
gateway.WithReference(dashboard);

// Tokens name the API's door as their issuer.
identity.WithEnvironment("Federation__Issuer", gateway.GetEndpoint("http"));

foreach (var service in (IResourceBuilder<ProjectResource>[])[secretStore, placement, health, gateway])
    service.WithReference(identity).WaitFor(identity).WithMembership(state);
placement.WithReference(secretStore).WithReference(health);
health.WithReference(placement);
gateway.WithReference(secretStore).WithReference(placement).WithReference(health);

// The sample world: three "clouds", an Agent on each of their nodes.
IReadOnlyList<SampleCluster> samples = SampleCluster.Wanted;
using var world = new SampleWorld(samples, state, gateway.GetEndpoint("http"), gateway.GetEndpoint("ingress"));
var sample = new SampleProgram(builder.AppHostDirectory, state);
gateway.OnResourceReady(world.ApplyClustersAsync);
int agentPort = 7150;
foreach (SampleCluster cluster in samples)
    foreach (string node in cluster.Nodes)
        AddNode(cluster.Name, node, agentPort++);

builder.OnReady(world.DescribeAsync);
builder.OnFresh(async () =>
{
    await ReplicaProcesses.EndUnderAsync(state.Agents);
    if (Directory.Exists(state.Agents))
        foreach (string node in Directory.EnumerateDirectories(state.Agents)) await ReplicaProcesses.EndNodeAsync(node);
    sample.Remove();
});
builder.Build().Run();

IResourceBuilder<ProjectResource> AddService(string name, string project, int port) => builder.AddProject(name, project)
    .WithHttpEndpoint(port, "http", env: "Federation__HttpPort")
    .WithHttpsEndpoint(port + 1, "grpc", env: "Federation__GrpcPort")
    .WithEnvironment("Federation__StateDirectory", state.Of(name))
    .WithEnvironment("Federation__EndWithParent", "true")
    .WithoutFileWatch()
    .WithHttpHealthCheck("/health");

void AddNode(string cluster, string node, int port) => builder.AddProject($"{cluster}-{node}", "../services/Agent/Agent.csproj")
    .WithHttpEndpoint(port, "http", env: "Agent__HttpPort")
    .WithReference(identity).WithReference(placement).WithReference(health).WithReference(gateway)
    .WithEnvironment("Agent__Cluster", cluster)
    .WithEnvironment("Agent__Node", node)
    .WithEnvironment("Agent__Capacity__Cpu", "4")
    // The samples are processes; what runs in this machine's Docker Engine, if it has one, is not theirs.
    .WithEnvironment("Agent__Engine__Address", "none")
    .WithEnvironment("Agent__Capacity__Memory", "2Gi")
    .WithEnvironment("Agent__StateDirectory", state.OfNode(cluster, node))
    .WithEnvironment("Federation__AuthorityFile", state.Authority)
    .WithEnvironment("Federation__EndWithParent", "true")
    .WithoutFileWatch()
    .WithEnvironment(sample.Offer)
    .WithEnvironment(context => world.OfferJoinTokenAsync(context, cluster, node))
    .WaitFor(gateway)
    .WithHealthCheck(ct => world.IsReadyAsync(cluster, node, ct))
    // Ctrl-C ends the replicas too; the death of the launcher or of an agent does not.
    .OnResourceStopped(() => ReplicaProcesses.EndNodeAsync(state.OfNode(cluster, node)))
    .WithCommand("power-off", "the node is lost: its agent and its replicas end at once; 'start NAME' brings it back", async context =>
    {
        await context.KillAndHoldAsync();
        int ended = await ReplicaProcesses.KillUnderAsync(state.OfNode(cluster, node));
        return $"{context.ResourceName} is off, with {ended} processes; 'start {context.ResourceName}' brings it back";
    });
