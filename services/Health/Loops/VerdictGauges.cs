using System.Diagnostics.Metrics;
using Federation.Domain.Observation;
using Federation.Health.Service.Documents;
using Federation.Storage;

namespace Federation.Health.Service.Loops;

/// <summary>The verdict of each cluster and node: 1 for the state it is in, 0 for the others.</summary>
public sealed class VerdictGauges : IDisposable
{
    private readonly Meter _meter = new("Federation.Health.Verdicts");
    private readonly IStore _store;

    public VerdictGauges(IStore store)
    {
        _store = store;
        _meter.CreateObservableGauge("federation.cluster.verdict", () => States(nodes: false), null, "1 for the state that Health gives a cluster, 0 for the others.");
        _meter.CreateObservableGauge("federation.node.verdict", () => States(nodes: true), null, "1 for the state that Health gives a node, 0 for the others.");
        _meter.CreateObservableGauge("federation.health.replicas", Replicas, "{replica}", "Replicas that agents report, by cluster and state.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> States(bool nodes)
    {
        foreach (StoredDocument document in _store.Current.List(HealthKinds.Verdict))
        {
            Verdict verdict = HealthKinds.Read<Verdict>(document);
            if (verdict.Node is null == nodes) continue;
            foreach (VerdictState state in Enum.GetValues<VerdictState>())
            {
                int value = state == verdict.State ? 1 : 0;
                yield return verdict.Node is { } node
                    ? new(value, new("cluster", verdict.Cluster.Value), new("node", node.Value), new("state", state.ToString()))
                    : new(value, new("cluster", verdict.Cluster.Value), new("state", state.ToString()));
            }
        }
    }

    private IEnumerable<Measurement<int>> Replicas() => _store.Current.List(HealthKinds.ReplicaObservation)
        .Select(HealthKinds.Read<ReplicaObservation>)
        .GroupBy(static replica => (replica.Cluster, replica.State))
        .Select(static group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("cluster", group.Key.Cluster.Value), new KeyValuePair<string, object?>("state", group.Key.State.ToString())));
}
