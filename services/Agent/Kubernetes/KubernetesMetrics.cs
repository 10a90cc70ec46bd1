using System.Diagnostics.Metrics;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Domain.Observation;

namespace Federation.Agent.Kubernetes;

/// <summary>What the agent of a Kubernetes cluster tells when the metrics are asked for. Processor time and memory of pods are the cluster's own to tell.</summary>
public sealed class KubernetesMetrics : IDisposable
{
    private readonly Meter _meter = new("Federation.Agent");

    public KubernetesMetrics(AgentOptions options, KubernetesReconciler reconciler, TunnelLoop tunnel)
    {
        KeyValuePair<string, object?> cluster = new("cluster", options.Cluster.Value), node = new("node", options.Node.Value);
        _meter.CreateObservableGauge("federation.agent.tunnel.up", () => new Measurement<int>(tunnel.Connected ? 1 : 0, cluster, node), description: "1 while the tunnel to the gateway is open");
        _meter.CreateObservableGauge("federation.node.cpu.allocatable", () => reconciler.Current.Nodes.Select(seen => new Measurement<double>(seen.Allocatable.Cpu.Value / 1000.0, cluster, node)), unit: "{cpu}", description: "Processors that workloads may use");
        _meter.CreateObservableGauge("federation.node.memory.allocatable", () => reconciler.Current.Nodes.Select(seen => new Measurement<long>(seen.Allocatable.Memory.Value, cluster, node)), unit: "By", description: "Memory that workloads may use");
        _meter.CreateObservableGauge("federation.agent.replicas", () => Enum.GetValues<ReplicaState>().Select(state =>
            new Measurement<int>(reconciler.Current.Replicas.Count(replica => replica.State == state), cluster, node, new("state", state.ToString()))), unit: "{replica}", description: "Replicas on this node by state");
        _meter.CreateObservableCounter("federation.replica.restarts", () => reconciler.Current.Replicas.Where(static replica => replica.Running).Select(replica => new Measurement<long>(replica.Restarts,
            cluster, node, new("tenant", replica.Workload.Tenant.Value), new("namespace", replica.Workload.Namespace), new("workload", replica.Workload.Name), new("replica", replica.Id.Value))), unit: "{start}", description: "Starts of a replica after the first");
    }

    public void Dispose() => _meter.Dispose();
}
