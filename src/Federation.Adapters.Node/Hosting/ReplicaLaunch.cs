using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Hosting;

/// <summary>One start of a replica's process.</summary>
/// <param name="Record">The replica; its <see cref="ReplicaRecord.Attempt"/> is the one to start.</param>
/// <param name="Material">Its configs and secrets, still sealed; null to go on with the files that its earlier process had.</param>
public sealed record ReplicaLaunch(ReplicaRecord Record, IReadOnlyList<SealedFiles>? Material);
