using Federation.Domain.Identifiers;

namespace Federation.Placement.Moving;

/// <summary>A cluster that a workload had to leave.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Replicas">How many it had there.</param>
public sealed record LostHome(ClusterId Cluster, int Replicas);
