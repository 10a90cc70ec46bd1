using System.Reflection;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Node.Leases;
using Federation.Agent.Api;
using Federation.Agent.Logs;
using Federation.Agent.Loops;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Domain.Chance;
using Federation.Security.Enrollment;
using Federation.Security.Files;

namespace Federation.Agent.Kubernetes;

/// <summary>
/// The agent's parts where it drives a Kubernetes cluster: the same streams to the plane, and Deployments in the place of a node's replicas. It runs inside the cluster with a
/// service account, or elsewhere with a kubeconfig.
/// </summary>
public static class AgentKubernetes
{
    /// <summary>Adds the parts.</summary>
    /// <exception cref="KubeconfigException">How the cluster is reached is not said, or cannot be used.</exception>
    public static WebApplicationBuilder AddAgentKubernetes(this WebApplicationBuilder builder, AgentOptions options, ILogger log)
    {
        ClusterConnection connection = Connect(options);
        foreach (string warning in connection.Warnings) log.LogConnection(warning);
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(new LeaseKeeper(BootTime.Instance));
        services.AddSingleton(provider => new KubernetesClient(connection, new KubernetesClientOptions(), provider.GetRequiredService<TimeProvider>(), new SecureChance()));
        services.AddSingleton(provider => new KubernetesReconciler(
            new KubernetesOptions
            {
                Cluster = options.Cluster,
                Node = options.Node,
                VolumeSize = options.KubernetesVolumeSize ?? KubernetesOptions.UsualVolumeSize,
                StorageClass = options.KubernetesStorageClass,
                MachineRights = options.MachineRights,
                KeepsPolicies = options.KubernetesKeepsPolicies,
                NodePorts = options.PodReach == PodReach.NodePort,
                Plane = () => provider.GetRequiredService<CertificateKeeper>().Current?.Trust.AuthorityHash[..16],
                AgentVersion = typeof(AgentKubernetes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            },
            new FileKubernetesJournal(Path.Combine(options.StateDirectory, "journal")),
            new PinnedIdentity(Path.Combine(options.StateDirectory, "journal", "cluster")),
            provider.GetRequiredService<KubernetesClient>(),
            new KeyMaterialOpener(provider.GetRequiredService<CertificateKeeper>()),
            provider.GetRequiredService<TimeProvider>(),
            new SecureChance(),
            provider.GetRequiredService<ILogger<KubernetesReconciler>>()));
        services.AddSingleton<IReplicaConnector, PodConnector>();
        services.AddAgentTunnel();
        services.AddSingleton<KubernetesMetrics>();
        services.AddSingleton<IReplicaOutput, PodOutput>();
        services.AddSingleton<IReplicaCommands, PodCommands>();
        return builder;
    }

    /// <summary>The loops, once the reconciler is started.</summary>
    public static IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops(IServiceProvider provider)
    {
        KubernetesReconciler reconciler = provider.GetRequiredService<KubernetesReconciler>();
        var keepsake = new KeepsakeFile(Path.Combine(provider.GetRequiredService<AgentOptions>().StateDirectory, "keepsake"), provider.GetRequiredService<ILogger<KeepsakeFile>>());
        var streams = new PlaneStreams(provider);
        return
        [
            ("deployments", reconciler.RunAsync),
            // A cluster runs no singletons: nothing waits for orders that are fresher than a lease.
            streams.Orders(reconciler, reconciler.KnownTerm, static _ => { }, new KubernetesHoldings(reconciler, keepsake)).Loop,
            streams.Observations(reconciler, reconciler),
            streams.Tunnel(),
            ("memory", new MemoryLoop(provider.GetRequiredService<TimeProvider>()).RunAsync),
        ];
    }

    // A kubeconfig that is named; else the service account of the pod that this runs in; else what a person's kubectl would take.
    private static ClusterConnection Connect(AgentOptions options)
    {
        if (options.Kubeconfig is { } file) return ClusterConnection.From(Kubeconfig.Read(file), options.KubernetesContext, Environment.GetEnvironmentVariable, TimeProvider.System);
        if (options.KubernetesContext is null && Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 }) return ClusterConnection.InCluster(Environment.GetEnvironmentVariable, TimeProvider.System);
        return ClusterConnection.From(Kubeconfig.ReadAll(Environment.GetEnvironmentVariable("KUBECONFIG"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)), options.KubernetesContext, Environment.GetEnvironmentVariable, TimeProvider.System);
    }
}

internal static partial class AgentKubernetesLog
{
    [LoggerMessage(EventId = 4320, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void LogConnection(this ILogger logger, string warning);
}
