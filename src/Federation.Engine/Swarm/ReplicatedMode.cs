namespace Federation.Engine.Swarm;

/// <summary>A number of tasks.</summary>
/// <param name="Replicas">How many.</param>
public sealed record ReplicatedMode(ulong Replicas);
