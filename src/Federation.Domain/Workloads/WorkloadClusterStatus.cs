namespace Federation.Domain.Workloads;

/// <summary>A workload's share in one cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Assigned">Replicas assigned.</param>
/// <param name="Ready">Replicas ready.</param>
/// <param name="State">The Assignment's state where it is not Active; Stranded where its holder is lost and nobody can confirm its end.</param>
/// <param name="UpdatedReady">Replicas of the newest revision that are ready.</param>
public sealed record WorkloadClusterStatus(string Cluster, int Assigned, int Ready, string? State, int UpdatedReady = 0);
