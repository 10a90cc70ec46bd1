using System.Diagnostics.Metrics;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Tunnels;
using Federation.Domain.Observation;

namespace Federation.Agent.Node;

/// <summary>What replicas use, read from the kernel when the metrics are asked for.</summary>
public sealed class ReplicaMetrics : IDisposable
{
    private readonly Meter _meter = new("Federation.Agent");
    private readonly NodeReconciler _reconciler;
    private readonly NodeReplicaHost _host;

    private readonly KeyValuePair<string, object?> _cluster;
    private readonly KeyValuePair<string, object?> _node;

    public ReplicaMetrics(AgentOptions options, NodeReconciler reconciler, NodeReplicaHost host, TunnelLoop tunnel)
    {
        _reconciler = reconciler;
        _host = host;
        _cluster = new("cluster", options.Cluster.Value);
        _node = new("node", options.Node.Value);
        _meter.CreateObservableGauge("federation.agent.tunnel.up", () => new Measurement<int>(tunnel.Connected ? 1 : 0, _cluster, _node), description: "1 while the tunnel to the gateway is open");
        _meter.CreateObservableGauge("federation.node.cpu.allocatable", () => new Measurement<double>(options.Capacity.Cpu.Value / 1000.0, _cluster, _node), unit: "{cpu}", description: "Processors that workloads may use");
        _meter.CreateObservableGauge("federation.node.memory.allocatable", () => new Measurement<long>(options.Capacity.Memory.Value, _cluster, _node), unit: "By", description: "Memory that workloads may use");
        _meter.CreateObservableGauge("federation.agent.replicas", States, unit: "{replica}", description: "Replicas on this node by state");
        _meter.CreateObservableCounter("federation.replica.cpu", () => Running(replica => _host.UsageOf(replica.Id).Cpu.TotalSeconds), unit: "s", description: "Processor time of a replica's present process");
        _meter.CreateObservableGauge("federation.replica.memory", () => Running(replica => _host.UsageOf(replica.Id).MemoryBytes), unit: "By", description: "Memory of a replica, its files in memory included");
        _meter.CreateObservableCounter("federation.replica.restarts", () => Running(static replica => (long)replica.Restarts), unit: "{start}", description: "Starts of a replica after the first");
    }

    public void Dispose() => _meter.Dispose();

    // All states, so that one that holds no replica is 0 rather than absent.
    private IEnumerable<Measurement<int>> States()
    {
        IReadOnlyList<ReplicaObservation> replicas = _reconciler.Current.Replicas;
        foreach (ReplicaState state in Enum.GetValues<ReplicaState>())
            yield return new Measurement<int>(replicas.Count(replica => replica.State == state), _cluster, _node, new("state", state.ToString()));
    }

    private IEnumerable<Measurement<T>> Running<T>(Func<ReplicaObservation, T> measure) where T : struct
    {
        foreach (ReplicaObservation replica in _reconciler.Current.Replicas)
        {
            if (!replica.Running) continue;
            yield return new Measurement<T>(measure(replica),
                _cluster, _node, new("tenant", replica.Workload.Tenant.Value), new("namespace", replica.Workload.Namespace), new("workload", replica.Workload.Name), new("replica", replica.Id.Value));
        }
    }
}
