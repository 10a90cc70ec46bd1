using System.Text.Json;
using Federation.Domain.Json;
using Federation.Storage;

namespace Federation.Health.Service.Documents;

/// <summary>The kinds of document in Health's store beside <c>RouteEntry</c>, <c>ServiceEndpoints</c> and <c>TableState</c>. The store is volatile: all of it is reported anew.</summary>
public static class HealthKinds
{
    /// <summary>Key <c>cluster/node</c>. Written in one transaction with the node's replicas.</summary>
    public const string NodeObservation = "NodeObservation";

    /// <summary>Key: the replica's id.</summary>
    public const string ReplicaObservation = "ReplicaObservation";

    /// <summary>Key <c>cluster/node</c>. Written with the endpoints that take the node's first report into account.</summary>
    public const string NodeReport = "NodeReport";

    /// <summary>Key <c>tenant/namespace/name/REPLICA</c>: what gateways saw the replica answer since a revision of its workload is on trial.</summary>
    public const string ReplicaTraffic = "ReplicaTraffic";

    /// <summary>Key <c>cluster</c> or <c>cluster/node</c>.</summary>
    public const string Verdict = "Verdict";

    /// <summary>A write of a record.</summary>
    public static StoreWrite Put<T>(string kind, string key, T record) =>
        new(new DocumentKey(kind, key), JsonSerializer.SerializeToUtf8Bytes(record, DomainJson.Options));

    /// <summary>A deletion.</summary>
    public static StoreWrite Delete(string kind, string key) => new(new DocumentKey(kind, key), null);

    /// <summary>A stored document as its record.</summary>
    public static T Read<T>(StoredDocument document) where T : class =>
        JsonSerializer.Deserialize<T>(document.Body.Span, DomainJson.Options) ?? throw new JsonException($"the document {document.Key} is null");
}
