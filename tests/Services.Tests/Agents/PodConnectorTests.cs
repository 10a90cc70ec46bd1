using System.Net;
using System.Net.Sockets;
using Federation.Adapters;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Agent.Kubernetes;
using Federation.Agent.Node;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Security.Files;
using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Time;
using Federation.Tunnel.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Agents;

/// <summary>Which way an agent goes to a pod.</summary>
public sealed class PodConnectorTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_ByNodePort_GoesToTheNodeAndElseThroughTheApiServer()
    {
        using TcpListener listener = ListenInRange();
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        cluster.NodePorts = (((IPEndPoint)listener.LocalEndpoint).Port, 1);
        string folder = Directory.CreateTempSubdirectory("federation-connector-").FullName;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        string kubeconfig = Path.Combine(folder, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$"""
            clusters: [{ name: double, cluster: { server: "{{cluster.Address}}" } }]
            contexts: [{ name: double, context: { cluster: double } }]
            current-context: double
            """, Cancelled);
        using var client = new KubernetesClient(ClusterConnection.From(Kubeconfig.Read(kubeconfig), null, static _ => null, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SeededChance(3));
        var reconciler = new KubernetesReconciler(
            new KubernetesOptions { Cluster = new("c"), Node = new("agent"), Plane = static () => "plane-under-test", NodePorts = true, Tick = TimeSpan.FromMilliseconds(50), IdleTick = TimeSpan.FromMilliseconds(500) },
            new FileKubernetesJournal(Path.Combine(folder, "journal")), new PinnedIdentity(Path.Combine(folder, "journal", "cluster")), client, new NoMaterial(), TimeProvider.System, new SeededChance(4), NullLogger<KubernetesReconciler>.Instance);
        await reconciler.StartAsync(Cancelled);
        Task running = reconciler.RunAsync(ending.Token);
        try
        {
            await reconciler.ApplyAsync([new DesiredAssignment(Order(), [])], 1, 1, Cancelled);
            ReplicaObservation replica = await ReadyAsync(reconciler);
            var options = new AgentOptions { Cluster = new("c"), Node = new("agent"), StateDirectory = folder, Capacity = ResourceAmount.Zero, PodReach = PodReach.NodePort };
            var connector = new PodConnector(reconciler, options, TimeProvider.System, NullLogger<PodConnector>.Instance);
            var target = new ReplicaTarget { ReplicaId = replica.Id.Value, PortName = "http" };
            Assert.IsType<TunnelDecision.Accept>(await connector.ConnectAsync(target, "", Cancelled));
            Assert.True(listener.Pending());
            Assert.DoesNotContain(cluster.Calls, static call => call.Resource == "pods/portforward");
            // Nobody listens at the node any more, and the API server is asked, which says the same of the pod.
            listener.Stop();
            Assert.IsType<TunnelDecision.Refuse>(await connector.ConnectAsync(target, "", Cancelled));
            Assert.Contains(cluster.Calls, static call => call.Resource == "pods/portforward");
        }
        finally
        {
            await ending.CancelAsync();
            await running;
            Directory.Delete(folder, recursive: true);
        }
    }

    // On one of the ports that a cluster gives away.
    private static TcpListener ListenInRange()
    {
        for (int port = 30000; ; port++)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && port < 32767)
            {
                listener.Dispose();
            }
        }
    }

    private static async Task<ReplicaObservation> ReadyAsync(KubernetesReconciler reconciler)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        await foreach (ClusterObservationSet set in reconciler.WatchAsync(limit.Token))
        {
            if (set.Replicas.FirstOrDefault(static one => one.State == ReplicaState.Ready) is not { } replica) continue;
            while (reconciler.FindNodePort(replica.Id, "") is null) await Task.Delay(20, limit.Token);
            return replica;
        }
        throw new TimeoutException("no replica is ready");
    }

    private static Assignment Order() => new()
    {
        Id = new("web.uid.c"),
        Workload = new(new("acme"), "default", "web"),
        WorkloadUid = "uid-web",
        Cluster = new("c"),
        Replicas = 1,
        Generation = 1,
        Revision = new("r1"),
        Template = new WorkloadTemplate { Image = "demo/web:1", Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }] },
    };

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
