using System.Diagnostics.Metrics;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Observation;

namespace Federation.Agent.Node;

/// <summary>What replicas use, read from the kernel when the metrics are asked for.</summary>
public sealed class ReplicaMetrics : IDisposable
{
    private readonly Meter _meter = new("Federation.Agent");
    private readonly NodeReconciler _reconciler;
    private readonly ProcessReplicaHost _host;

    public ReplicaMetrics(NodeReconciler reconciler, ProcessReplicaHost host)
    {
        _reconciler = reconciler;
        _host = host;
        _meter.CreateObservableGauge("federation.agent.replicas", States, unit: "{replica}", description: "Replicas on this node by state");
        _meter.CreateObservableCounter("federation.replica.cpu", () => Running(replica => _host.UsageOf(replica.Id).Cpu.TotalSeconds), unit: "s", description: "Processor time of a replica's present process");
        _meter.CreateObservableGauge("federation.replica.memory", () => Running(replica => _host.UsageOf(replica.Id).MemoryBytes), unit: "By", description: "Memory of a replica, its files in memory included");
        _meter.CreateObservableCounter("federation.replica.restarts", () => Running(static replica => (long)replica.Restarts), unit: "{start}", description: "Starts of a replica after the first");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> States() => _reconciler.Current.Replicas
        .GroupBy(static replica => replica.State)
        .Select(static group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", group.Key.ToString())));

    private IEnumerable<Measurement<T>> Running<T>(Func<ReplicaObservation, T> measure) where T : struct
    {
        foreach (ReplicaObservation replica in _reconciler.Current.Replicas)
        {
            if (!replica.Running) continue;
            yield return new Measurement<T>(measure(replica),
                new("tenant", replica.Workload.Tenant.Value), new("namespace", replica.Workload.Namespace), new("workload", replica.Workload.Name), new("replica", replica.Id.Value));
        }
    }
}
