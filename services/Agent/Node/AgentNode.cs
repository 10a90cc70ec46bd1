using System.Reflection;
using System.Security.Cryptography;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Api;
using Federation.Agent.Logs;
using Federation.Agent.Loops;
using Federation.Agent.Mesh;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Clusters;
using Federation.Engine;
using Federation.Engine.Connecting;
using Federation.Grpc.Client;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Agent.Node;

/// <summary>The agent's parts put together: what runs here, and the three streams to the plane.</summary>
public static class AgentNode
{
    /// <summary>Adds the parts.</summary>
    /// <param name="builder">The agent's builder.</param>
    /// <param name="options">What it is told.</param>
    /// <param name="meshPort">Where replicas find the mesh.</param>
    public static WebApplicationBuilder AddAgentNode(this WebApplicationBuilder builder, AgentOptions options, int meshPort)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(new MeshCredentials(options.StateDirectory));
        services.AddSingleton(new LeaseKeeper(BootTime.Instance));
        services.AddSingleton(provider => new ProcessReplicaHost(
            new ProcessHostOptions
            {
                Cluster = options.Cluster,
                Node = options.Node,
                Allocatable = options.Capacity.Cpu,
                StateDirectory = options.StateDirectory,
                RuntimeDirectory = options.RuntimeDirectory,
                VolumeDirectory = options.VolumeDirectory,
                ProgramPath = options.ProgramPath,
                TenantIsolation = options.TenantIsolation,
                Proxy = replica => provider.GetRequiredService<MeshCredentials>().AddressFor(replica, meshPort),
            },
            new KeyMaterialOpener(provider.GetRequiredService<CertificateKeeper>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ProcessReplicaHost>>()));
        if (options.Engine is not null)
        {
            services.AddSingleton(provider => EngineOf(options, options.Engine, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => new ContainerReplicaHost(
                new ContainerHostOptions
                {
                    Cluster = options.Cluster,
                    Node = options.Node,
                    StateDirectory = options.StateDirectory,
                    Plane = () => provider.GetRequiredService<CertificateKeeper>().Current?.Trust.AuthorityHash[..16],
                    Proxy = (replica, gateway) => provider.GetRequiredService<MeshCredentials>().AddressFor(replica, gateway, meshPort),
                    ProxyPort = meshPort,
                    MachineRights = options.MachineRights,
                    Logins = options.RegistryLoginsFile is { } file ? new RegistryLogins(file).Find : null,
                },
                provider.GetRequiredService<EngineClient>(),
                provider.GetRequiredService<ProcessReplicaHost>(),
                new KeyMaterialOpener(provider.GetRequiredService<CertificateKeeper>()),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ContainerReplicaHost>>()));
        }
        services.AddSingleton(provider => new NodeReplicaHost(provider.GetRequiredService<ProcessReplicaHost>(), provider.GetService<ContainerReplicaHost>()));
        services.AddSingleton(provider => new NodeReconciler(
            new NodeReconcilerOptions
            {
                Cluster = options.Cluster,
                Node = options.Node,
                Allocatable = options.Capacity,
                AgentVersion = typeof(AgentNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            },
            new FileNodeJournal(Path.Combine(options.StateDirectory, "journal")),
            provider.GetRequiredService<NodeReplicaHost>(),
            provider.GetRequiredService<LeaseKeeper>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IChance>(),
            provider.GetRequiredService<ILogger<NodeReconciler>>()));
        services.AddSingleton<IReplicaConnector, ProcessConnector>();
        services.AddSingleton<IReplicaOutput, NodeOutput>();
        services.AddSingleton<IReplicaCommands, NodeCommands>();
        services.AddAgentTunnel();
        services.AddSingleton<MeshProxy>();
        services.AddSingleton<ReplicaMetrics>();
        services.AddSingleton<NodeUsageReader>();
        return builder;
    }

    /// <summary>The loops, once the reconciler is started.</summary>
    public static IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops(IServiceProvider provider)
    {
        NodeReconciler reconciler = provider.GetRequiredService<NodeReconciler>();
        var keepsake = new KeepsakeFile(Path.Combine(provider.GetRequiredService<AgentOptions>().StateDirectory, "keepsake"), provider.GetRequiredService<ILogger<KeepsakeFile>>());
        var streams = new PlaneStreams(provider);
        (AssignmentsLoop assignments, (string, Func<CancellationToken, Task>) orders) = streams.Orders(reconciler, reconciler.KnownTerm, reconciler.OrdersConfirmed, new NodeHoldings(reconciler, keepsake));
        reconciler.FreshOrdersWanted = assignments.Refresh;
        return
        [
            ("replicas", reconciler.RunAsync),
            orders,
            streams.Observations(reconciler),
            streams.Tunnel(),
            ("memory", new MemoryLoop(provider.GetRequiredService<TimeProvider>()).RunAsync),
            .. LogShipping.Loops(provider),
        ];
    }

    /// <summary>Adds the tunnel to the gateway.</summary>
    public static void AddAgentTunnel(this IServiceCollection services)
    {
        services.AddSingleton<StreamTargets>();
        services.AddSingleton(provider => new TunnelLoop(
            new GrpcConnector<TunnelFrame, TunnelFrame>(() => provider.GetRequiredService<PlaneChannels>().To("gateway"), PlaneMethods.ConnectTunnel),
            provider.GetRequiredService<StreamTargets>().DecideAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IChance>(),
            provider.GetRequiredService<ILogger<TunnelLoop>>()));
    }

    /// <summary>The client for the engine at an address.</summary>
    /// <exception cref="InvalidOperationException">The files for TLS cannot be used; the message names the key.</exception>
    internal static EngineClient EngineOf(AgentOptions options, EngineAddress address, TimeProvider time, TimeSpan? patience = null)
    {
        try
        {
            var client = new EngineClientOptions { Address = address, Tls = options.EngineTlsDirectory is { } folder && (address.SocketPath is null || options.Drives == ClusterKind.Node) ? EngineTls.Read(folder) : null };
            return new EngineClient(patience is { } limit ? client with { Patience = limit } : client, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"Agent__Engine__TlsDirectory cannot be used for {address}: {e.Message}", e);
        }
    }
}
