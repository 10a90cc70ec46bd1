using System.Runtime.CompilerServices;
using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Policies;
using Federation.Domain.Recoveries;
using Federation.Domain.Rollouts;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Moving;
using Federation.Placement.Rollouts;
using Federation.Storage;

namespace Federation.Placement.Documents;

/// <summary>Placement's store at one revision, as records. Each document is read once, however often it is asked for.</summary>
/// <param name="snapshot">The store's state.</param>
public sealed class PlacementState(IStoreSnapshot snapshot)
{
    private static readonly ConditionalWeakTable<StoredDocument, object> Records = [];

    /// <summary>The store's state.</summary>
    public IStoreSnapshot Snapshot => snapshot;

    /// <summary>The store's revision.</summary>
    public long Revision => snapshot.Revision;

    /// <summary>The recovery that this store came from, if any.</summary>
    public Recovery? Recovery => Find<Recovery>(Kinds.Recovery, Domain.Recoveries.Recovery.Key);

    /// <summary>False while it is not known yet what the clusters hold: then nothing is decided.</summary>
    public bool Decides => Recovery is not { FinishedAt: null };

    public IEnumerable<Cluster> Clusters => All<Cluster>(Kinds.Cluster);

    public IEnumerable<Workload> Workloads => All<Workload>(Kinds.Workload);

    /// <summary>The workloads of one namespace.</summary>
    public IEnumerable<Workload> WorkloadsIn(TenantId tenant, string @namespace) => snapshot.List(Kinds.Workload, $"{tenant}/{@namespace}/").Select(Read<Workload>);

    public IEnumerable<PlacedAssignment> Assignments => snapshot.List(Kinds.Assignment).Select(Placed);

    public Cluster? Cluster(string name) => Find<Cluster>(Kinds.Cluster, name);

    public Workload? Workload(WorkloadKey key) => Find<Workload>(Kinds.Workload, key.ToString());

    public PlacementPolicy? Policy(TenantId tenant, string @namespace, string name) =>
        Find<PlacementPolicy>(Kinds.PlacementPolicy, $"{tenant}/{@namespace}/{name}");

    public Volume? Volume(TenantId tenant, string @namespace, string name) => Find<Volume>(Kinds.Volume, $"{tenant}/{@namespace}/{name}");

    public Binding? Binding(WorkloadKey key) => Find<Binding>(Kinds.Binding, key.ToString());

    public Rollout? Rollout(WorkloadKey key) => Find<Rollout>(Kinds.Rollout, key.ToString());

    public Relocation? Relocation(WorkloadKey key) => Find<Relocation>(Kinds.Relocation, key.ToString());

    public Displacement? Displacement(WorkloadKey key) => Find<Displacement>(Kinds.Displacement, key.ToString());

    /// <summary>A workload's kept templates, oldest first.</summary>
    public IEnumerable<WorkloadRevision> RevisionsOf(WorkloadKey key) => snapshot.List(Kinds.WorkloadRevision, $"{key}/").Select(Read<WorkloadRevision>);

    /// <summary>The number of the workload's newest template; 0 if none is kept.</summary>
    public int NewestNumber(WorkloadKey key) => RevisionsOf(key).LastOrDefault()?.Number ?? 0;

    /// <summary>The orders of one workload, whose ids begin with its uid.</summary>
    public IEnumerable<PlacedAssignment> AssignmentsOf(string workloadUid) =>
        snapshot.List(Kinds.Assignment, workloadUid + ".").Select(Placed);

    /// <summary>The revision of a document; 0 if it is absent.</summary>
    public long RevisionOf(string kind, string key) => snapshot.Get(new(kind, key))?.Revision ?? 0;

    public IEnumerable<T> All<T>(string kind) where T : class => snapshot.List(kind).Select(Read<T>);

    public T? Find<T>(string kind, string key) where T : class => snapshot.Get(new(kind, key)) is { } document ? Read<T>(document) : null;

    /// <summary>A write of a record.</summary>
    public static StoreWrite Put<T>(string kind, string key, T record) =>
        new(new DocumentKey(kind, key), JsonSerializer.SerializeToUtf8Bytes(record, DomainJson.Options));

    /// <summary>A stored document as its record.</summary>
    public static T Read<T>(StoredDocument document) where T : class => (T)Records.GetValue(document, static d =>
        JsonSerializer.Deserialize<T>(d.Body.Span, DomainJson.Options) ?? throw new JsonException($"the document {d.Key} is null"));

    private static PlacedAssignment Placed(StoredDocument document) => new(Read<Assignment>(document), document.Revision);
}
