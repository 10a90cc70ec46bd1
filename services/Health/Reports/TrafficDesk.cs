using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Service.Documents;
using Federation.Routing.Documents;
using Federation.Storage;

namespace Federation.Health.Service.Reports;

/// <summary>Takes in what gateways saw replicas answer, of trials that are under way.</summary>
public sealed class TrafficDesk(IStore store)
{
    /// <summary>Takes a gateway's counts over; those of trials that are over, or of replicas that are gone, are left out.</summary>
    public async Task TakeAsync(TrafficReport report, CancellationToken cancellationToken)
    {
        IStoreSnapshot snapshot = store.Current;
        var conditions = new Dictionary<string, StoreCondition>(StringComparer.Ordinal);
        var writes = new List<StoreWrite>();
        foreach (ReplicaCount count in report.Counts)
        {
            if (snapshot.Get(new DocumentKey(ServiceEndpoints.Kind, count.Workload)) is not { } service) continue;
            ServiceEndpoints endpoints = HealthKinds.Read<ServiceEndpoints>(service);
            if (endpoints.Trial?.Value != count.Trial || endpoints.Endpoints.All(endpoint => endpoint.Replica.Value != count.ReplicaId)) continue;
            string key = $"{count.Workload}/{count.ReplicaId}";
            StoredDocument? document = snapshot.Get(new DocumentKey(HealthKinds.ReplicaTraffic, key));
            ReplicaTraffic? before = document is null ? null : HealthKinds.Read<ReplicaTraffic>(document);
            var present = new TrafficCount(count.Requests, count.Failed, count.LastFailure.Length == 0 ? null : count.LastFailure);
            if (before?.Trial.Value != count.Trial) before = null;
            if (before is not null && before.ByGateway.TryGetValue(report.GatewayInstance, out TrafficCount? known) && known == present) continue;
            var byGateway = new SortedDictionary<string, TrafficCount>(StringComparer.Ordinal);
            foreach ((string gateway, TrafficCount counted) in before?.ByGateway ?? new Dictionary<string, TrafficCount>()) byGateway[gateway] = counted;
            byGateway[report.GatewayInstance] = present;
            // A trial that ends in between takes its counts with it.
            conditions[count.Workload] = new StoreCondition(service.Key, service.Revision);
            conditions[key] = new StoreCondition(new DocumentKey(HealthKinds.ReplicaTraffic, key), document?.Revision ?? 0);
            writes.Add(HealthKinds.Put(HealthKinds.ReplicaTraffic, key, new ReplicaTraffic
            {
                Replica = ReplicaId.Parse(count.ReplicaId),
                Workload = endpoints.Service,
                Trial = new TemplateRevision(count.Trial),
                ByGateway = byGateway,
            }));
        }
        // A conflict leaves them out: the gateway sends all of them again.
        if (writes.Count > 0) await store.CommitAsync(new StoreTransaction { Conditions = [.. conditions.Values], Writes = writes }, cancellationToken);
    }
}
