using Federation.Adapters;
using Federation.Adapters.Node.Leases;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Grpc.Client;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;

namespace Federation.Agent.Loops;

/// <summary>The agent's three streams to the plane, whatever it drives; each begins when there is a certificate.</summary>
internal sealed class PlaneStreams(IServiceProvider provider)
{
    private static readonly TimeSpan LookForCertificate = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = provider.GetRequiredService<TimeProvider>();
    private readonly IChance _chance = provider.GetRequiredService<IChance>();
    private readonly PlaneChannels _channels = provider.GetRequiredService<PlaneChannels>();
    private readonly CertificateKeeper _keeper = provider.GetRequiredService<CertificateKeeper>();
    private readonly string _instance = provider.GetRequiredService<IChance>().NextUid();

    /// <summary>Placement's orders.</summary>
    public (AssignmentsLoop Orders, (string Name, Func<CancellationToken, Task> Run) Loop) Orders(IClusterActuator actuator, long knownTerm, Action<long> confirmed, IHoldings holdings)
    {
        var orders = new AssignmentsLoop(
            new GrpcConnector<AgentMessage, PlacementMessage>(() => _channels.To("placement"), PlaneMethods.StreamAssignments),
            actuator, knownTerm, confirmed, _instance, _time, _chance, provider.GetRequiredService<ILogger<AssignmentsLoop>>(), holdings);
        return (orders, ("orders", WithCertificate(orders.RunAsync)));
    }

    /// <summary>What is seen, told to Health.</summary>
    public (string Name, Func<CancellationToken, Task> Run) Observations(IClusterObserver observer, IManagementWitness? management = null)
    {
        var observations = new ObservationsLoop(
            new GrpcConnector<AgentReport, HealthMessage>(() => _channels.To("health"), PlaneMethods.ReportObservations),
            observer, _instance, provider.GetRequiredService<LeaseKeeper>(), _time, _chance, provider.GetRequiredService<ILogger<ObservationsLoop>>(), management);
        return ("observations", WithCertificate(observations.RunAsync));
    }

    /// <summary>The tunnel to the gateway.</summary>
    public (string Name, Func<CancellationToken, Task> Run) Tunnel() => ("tunnel", WithCertificate(provider.GetRequiredService<TunnelLoop>().RunAsync));

    private Func<CancellationToken, Task> WithCertificate(Func<CancellationToken, Task> run) => async stop =>
    {
        while (_keeper.Current is null) await Task.Delay(LookForCertificate, _time, stop);
        await run(stop);
    };
}
