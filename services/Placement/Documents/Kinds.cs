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

    /// <summary>A route's claim on host and path, key <c>HOST PATH</c>.</summary>
    public const string RouteClaim = "RouteClaim";

    /// <summary>Something that happened, for people.</summary>
    public const string Event = "Event";
}
