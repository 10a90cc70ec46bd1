using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Hosting;

/// <summary>A replica that the host finds on the node, perhaps started before this agent.</summary>
/// <param name="Record">The record it was started with.</param>
/// <param name="End">How its process ended; null while it runs.</param>
public sealed record HostedReplica(ReplicaRecord Record, ReplicaEnd? End);
