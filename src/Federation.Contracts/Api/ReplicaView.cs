namespace Federation.Contracts.Api;

/// <summary>A replica as the API shows it.</summary>
public sealed record ReplicaView(string Id, string Namespace, string Workload, string Cluster, string? Node, string Revision, string State, int Restarts, DateTimeOffset? StartedAt, string? LastEnd, string? Message);
