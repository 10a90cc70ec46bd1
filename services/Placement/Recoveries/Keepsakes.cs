using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Storage;
using Google.Protobuf;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Placement.Recoveries;

/// <summary>What a node keeps for a recovery: its cluster, and the declarations behind its orders. Nothing of workloads that it does not run.</summary>
public static class Keepsakes
{
    /// <summary>The kinds that may be kept.</summary>
    public static readonly IReadOnlyList<string> KeptKinds = [Kinds.Cluster, Kinds.PlacementPolicy, Kinds.Volume, Kinds.Workload, Kinds.Route, Kinds.Rollout];

    /// <summary>The keepsake of a node.</summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="node">The node.</param>
    /// <param name="workloads">The workloads that it has orders of.</param>
    public static Keepsake Of(IStoreSnapshot snapshot, NodeKey node, IReadOnlySet<WorkloadKey> workloads)
    {
        var keys = new SortedSet<DocumentKey> { new(Kinds.Cluster, node.Cluster.Value) };
        foreach (WorkloadKey key in workloads)
        {
            if (snapshot.Get(new(Kinds.Workload, key.ToString())) is not { } document) continue;
            keys.Add(document.Key);
            keys.Add(new(Kinds.Rollout, key.ToString()));
            WorkloadSpec spec = PlacementState.Read<Workload>(document).Spec;
            if (spec.PlacementPolicy is { } policy) keys.Add(new(Kinds.PlacementPolicy, $"{key.Tenant}/{key.Namespace}/{policy}"));
            foreach (VolumeReference volume in spec.Template.Volumes ?? []) keys.Add(new(Kinds.Volume, $"{key.Tenant}/{key.Namespace}/{volume.Name}"));
        }
        foreach (string room in workloads.Select(static key => $"{key.Tenant}/{key.Namespace}/").Distinct(StringComparer.Ordinal))
        {
            foreach (StoredDocument route in snapshot.List(Kinds.Route, room))
                if (workloads.Contains(WorkloadKey.Parse(room + PlacementState.Read<Route>(route).Spec.Workload))) keys.Add(route.Key);
        }
        var keepsake = new Keepsake();
        foreach (DocumentKey key in keys)
        {
            if (snapshot.Get(key) is { } document)
                keepsake.Documents.Add(new KeptDocument { Kind = key.Kind, Key = key.Key, Json = UnsafeByteOperations.UnsafeWrap(document.Body) });
        }
        return keepsake;
    }

    /// <summary>Whether a change may make the node's keepsake another.</summary>
    public static bool Concerns(StoreChange change, NodeKey node, IReadOnlySet<WorkloadKey> workloads)
    {
        string key = change.Key.Key;
        return change.Key.Kind switch
        {
            Kinds.Cluster => key == node.Cluster.Value,
            Kinds.Workload or Kinds.Rollout => workloads.Contains(WorkloadKey.Parse(key)),
            Kinds.Route => (change.Document ?? change.Previous) is { } document && key.Split('/') is [var tenant, var room, _]
                && workloads.Contains(WorkloadKey.Parse($"{tenant}/{room}/{PlacementState.Read<Route>(document).Spec.Workload}")),
            _ => workloads.Any(workload => key.StartsWith($"{workload.Tenant}/{workload.Namespace}/", StringComparison.Ordinal)),
        };
    }
}
