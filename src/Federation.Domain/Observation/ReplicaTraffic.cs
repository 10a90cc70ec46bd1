using Federation.Domain.Identifiers;

namespace Federation.Domain.Observation;

/// <summary>What gateways saw a replica answer since its workload's present rollout began. Kept only while one is under way.</summary>
public sealed record ReplicaTraffic
{
    /// <summary>The replica.</summary>
    public required ReplicaId Replica { get; init; }

    /// <summary>The workload.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>The revision on trial meanwhile.</summary>
    public required TemplateRevision Trial { get; init; }

    /// <summary>The counts of each gateway's life.</summary>
    public required IReadOnlyDictionary<string, TrafficCount> ByGateway { get; init; }

    /// <summary>Requests it was tried with.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Requests => ByGateway.Values.Sum(static count => count.Requests);

    /// <summary>Those it failed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Failed => ByGateway.Values.Sum(static count => count.Failed);
}
