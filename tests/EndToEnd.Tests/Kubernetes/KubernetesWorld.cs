using System.Net;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.TestKit.Http;
using Federation.TestKit.Kubernetes.Double;
using Microsoft.AspNetCore.Http;

namespace EndToEnd.Tests.Kubernetes;

/// <summary>A plane with its sample clusters, and the double of a Kubernetes cluster beside it that it does not know yet. Its pods are all one server of this process.</summary>
public sealed class KubernetesWorld : IAsyncLifetime
{
    internal RunningPlane Plane { get; } = new();

    internal KubernetesDouble Cluster { get; private set; } = null!;

    internal LoopbackServer Pods { get; private set; } = null!;

    /// <summary>The cluster's agent, once it was started.</summary>
    internal int? Agent { get; set; }

    internal string Kubeconfig => Path.Combine(Plane.Shared, "kubeconfig");

    public async ValueTask InitializeAsync()
    {
        Task plane = Plane.InitializeAsync().AsTask();
        Pods = await LoopbackServer.StartAsync(static context => context.Response.WriteAsync("from a pod\n"));
        Cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        Cluster.PodAddress = "127.0.0.1";
        Cluster.Listening = static port => new IPEndPoint(IPAddress.Loopback, port);
        Cluster.Plays = static (_, _) => new ContainerPlay { Output = ["listening"] };
        Cluster.Runs = static (_, _, command) => command is ["hostname"] ? ("inside\n", 0) : null;
        await plane;
        await File.WriteAllTextAsync(Kubeconfig, $$"""
            clusters: [{ name: double, cluster: { server: "{{Cluster.Address}}" } }]
            contexts: [{ name: double, context: { cluster: double } }]
            current-context: double
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is { } agent) Signals.TryKill(agent);
        await Plane.DisposeAsync();
        await Cluster.DisposeAsync();
        await Pods.DisposeAsync();
    }
}
