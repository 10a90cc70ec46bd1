using System.Reflection;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Swarm;
using Federation.Adapters.Swarm.Journal;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Api;
using Federation.Agent.Logs;
using Federation.Agent.Loops;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Security.Enrollment;
using Federation.Security.Files;

namespace Federation.Agent.Swarm;

/// <summary>
/// The agent's parts where it drives a swarm: the same streams to the plane, and a swarm's services in the place of a node's replicas. It may run beside a
/// manager (pull) or where the plane runs (push): it needs a manager's API and a way to the machines' published ports.
/// </summary>
public static class AgentSwarm
{
    // A manager that hangs is as good as one that is away: the next is asked.
    private static readonly TimeSpan ManagersPatience = TimeSpan.FromSeconds(10);

    /// <summary>Adds the parts.</summary>
    public static WebApplicationBuilder AddAgentSwarm(this WebApplicationBuilder builder, AgentOptions options)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(new LeaseKeeper(BootTime.Instance));
        services.AddSingleton(provider => new SwarmManagers([.. options.Managers.Select(address => AgentNode.EngineOf(options, address, provider.GetRequiredService<TimeProvider>(), ManagersPatience))]));
        services.AddSingleton(provider => new SwarmReconciler(
            new SwarmOptions
            {
                Cluster = options.Cluster,
                Node = options.Node,
                MachineRights = options.MachineRights,
                Plane = () => provider.GetRequiredService<CertificateKeeper>().Current?.Trust.AuthorityHash[..16],
                Logins = options.RegistryLoginsFile is { } file ? new RegistryLogins(file).Find : null,
                AgentVersion = typeof(AgentSwarm).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            },
            new FileSwarmJournal(Path.Combine(options.StateDirectory, "journal")),
            new PinnedIdentity(Path.Combine(options.StateDirectory, "journal", "cluster")),
            provider.GetRequiredService<SwarmManagers>(),
            new KeyMaterialOpener(provider.GetRequiredService<CertificateKeeper>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SwarmReconciler>>()));
        services.AddSingleton<IReplicaConnector, TaskConnector>();
        services.AddAgentTunnel();
        services.AddSingleton<SwarmMetrics>();
        services.AddSingleton<IReplicaOutput, TaskOutput>();
        services.AddSingleton<IReplicaCommands, TaskCommands>();
        return builder;
    }

    /// <summary>The loops, once the reconciler is started.</summary>
    public static IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops(IServiceProvider provider)
    {
        SwarmReconciler reconciler = provider.GetRequiredService<SwarmReconciler>();
        var keepsake = new KeepsakeFile(Path.Combine(provider.GetRequiredService<AgentOptions>().StateDirectory, "keepsake"), provider.GetRequiredService<ILogger<KeepsakeFile>>());
        var streams = new PlaneStreams(provider);
        return
        [
            ("services", reconciler.RunAsync),
            // A swarm runs no singletons: nothing waits for orders that are fresher than a lease.
            streams.Orders(reconciler, reconciler.KnownTerm, static _ => { }, new SwarmHoldings(reconciler, keepsake)).Loop,
            streams.Observations(reconciler, reconciler),
            streams.Tunnel(),
            ("memory", new MemoryLoop(provider.GetRequiredService<TimeProvider>()).RunAsync),
        ];
    }
}
