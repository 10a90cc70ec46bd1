using System.Reflection;
using System.Security.Cryptography;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Logs;
using Federation.Agent.Loops;
using Federation.Agent.Mesh;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
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
    private static readonly TimeSpan LookForCertificate = TimeSpan.FromMilliseconds(50);

    /// <summary>Adds the parts.</summary>
    /// <param name="builder">The agent's builder.</param>
    /// <param name="options">What it is told.</param>
    /// <param name="meshPort">Where replicas find the mesh.</param>
    public static WebApplicationBuilder AddAgentNode(this WebApplicationBuilder builder, AgentOptions options, int meshPort)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(new MeshCredentials(options.StateDirectory));
        services.AddSingleton<LeaseKeeper>();
        services.AddSingleton(provider => new ProcessReplicaHost(
            new ProcessHostOptions
            {
                Cluster = options.Cluster,
                Node = options.Node,
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
            services.AddSingleton(provider => EngineOf(options, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => new ContainerReplicaHost(
                new ContainerHostOptions
                {
                    Cluster = options.Cluster,
                    Node = options.Node,
                    StateDirectory = options.StateDirectory,
                    Plane = () => provider.GetRequiredService<CertificateKeeper>().Current?.Trust.AuthorityHash[..16],
                    Proxy = (replica, gateway) => provider.GetRequiredService<MeshCredentials>().AddressFor(replica, gateway, meshPort),
                    ProxyPort = meshPort,
                    Credentials = options.RegistryLoginsFile is { } file ? new RegistryLogins(file).Find : null,
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
        services.AddSingleton<StreamTargets>();
        services.AddSingleton(provider => new TunnelLoop(
            new GrpcConnector<TunnelFrame, TunnelFrame>(() => provider.GetRequiredService<PlaneChannels>().To("gateway"), PlaneMethods.ConnectTunnel),
            provider.GetRequiredService<StreamTargets>().DecideAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IChance>(),
            provider.GetRequiredService<ILogger<TunnelLoop>>()));
        services.AddSingleton<MeshProxy>();
        services.AddSingleton<ReplicaMetrics>();
        services.AddSingleton<NodeUsageReader>();
        return builder;
    }

    private static EngineClient EngineOf(AgentOptions options, TimeProvider time)
    {
        try
        {
            return new EngineClient(new EngineClientOptions { Address = options.Engine!, Tls = options.EngineTlsDirectory is { } folder ? EngineTls.Read(folder) : null }, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"Agent__Engine__TlsDirectory cannot be used for {options.Engine}: {e.Message}", e);
        }
    }

    /// <summary>The loops, once the reconciler is started.</summary>
    public static IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops(IServiceProvider provider)
    {
        NodeReconciler reconciler = provider.GetRequiredService<NodeReconciler>();
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        IChance chance = provider.GetRequiredService<IChance>();
        PlaneChannels channels = provider.GetRequiredService<PlaneChannels>();
        CertificateKeeper keeper = provider.GetRequiredService<CertificateKeeper>();
        string instance = chance.NextUid();
        var assignments = new AssignmentsLoop(
            new GrpcConnector<AgentMessage, PlacementMessage>(() => channels.To("placement"), PlaneMethods.StreamAssignments),
            reconciler, reconciler.KnownTerm, reconciler.OrdersConfirmed, instance, time, chance, provider.GetRequiredService<ILogger<AssignmentsLoop>>(),
            new NodeHoldings(reconciler, Path.Combine(provider.GetRequiredService<AgentOptions>().StateDirectory, "keepsake"), provider.GetRequiredService<ILogger<NodeHoldings>>()));
        reconciler.FreshOrdersWanted = assignments.Refresh;
        var observations = new ObservationsLoop(
            new GrpcConnector<AgentReport, HealthMessage>(() => channels.To("health"), PlaneMethods.ReportObservations),
            reconciler, instance, provider.GetRequiredService<LeaseKeeper>(), time, chance, provider.GetRequiredService<ILogger<ObservationsLoop>>());
        TunnelLoop tunnel = provider.GetRequiredService<TunnelLoop>();
        return
        [
            ("replicas", reconciler.RunAsync),
            ("orders", WithCertificate(assignments.RunAsync)),
            ("observations", WithCertificate(observations.RunAsync)),
            ("tunnel", WithCertificate(tunnel.RunAsync)),
            ("memory", new MemoryLoop(time).RunAsync),
            .. LogShipping.Loops(provider),
        ];

        Func<CancellationToken, Task> WithCertificate(Func<CancellationToken, Task> run) => async stop =>
        {
            while (keeper.Current is null) await Task.Delay(LookForCertificate, time, stop);
            await run(stop);
        };
    }
}
