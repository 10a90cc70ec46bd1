namespace Federation.Placement.Documents;

/// <summary>The kinds of document in Placement's store, beside the declarable ones.</summary>
public static class Kinds
{
    public const string Cluster = "Cluster";
    public const string Workload = "Workload";
    public const string PlacementPolicy = "PlacementPolicy";
    public const string Route = "Route";
    public const string Volume = "Volume";
    public const string Binding = "Binding";
    public const string Assignment = "Assignment";

    /// <summary>How far a workload's templates have come, key <c>tenant/namespace/name</c>.</summary>
    public const string Rollout = "Rollout";

    /// <summary>A workload's earlier template, key <c>tenant/namespace/name/NUMBER</c>.</summary>
    public const string WorkloadRevision = "WorkloadRevision";

    /// <summary>Where a workload's replicas are to go though nothing forces them, key <c>tenant/namespace/name</c>.</summary>
    public const string Relocation = "Relocation";

    /// <summary>What a workload had in clusters that it had to leave, key <c>tenant/namespace/name</c>.</summary>
    public const string Displacement = "Displacement";

    /// <summary>A cluster that was deleted as lost.</summary>
    public const string LostCluster = Domain.Clusters.LostCluster.Kind;

    /// <summary>A route's claim on host and path, key <c>HOST PATH</c>.</summary>
    public const string RouteClaim = "RouteClaim";

    /// <summary>A cluster that is treated as lost for a while.</summary>
    public const string Drill = "Drill";

    /// <summary>That the store was restored or made anew while clusters went on, key <c>plane</c>.</summary>
    public const string Recovery = "Recovery";

    /// <summary>That a node has said what it holds, key <c>cluster/node</c>.</summary>
    public const string Inventory = "Inventory";

    /// <summary>An order that a node holds and this store did not give, key the order's id.</summary>
    public const string HeldOrder = "HeldOrder";

    /// <summary>A document as a node was last told it, key <c>KIND:KEY</c>.</summary>
    public const string HeldDocument = "HeldDocument";

    /// <summary>Something that happened, for people.</summary>
    public const string Event = "Event";
}
