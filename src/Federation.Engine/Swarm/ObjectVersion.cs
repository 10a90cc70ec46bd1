namespace Federation.Engine.Swarm;

/// <summary>The version of a swarm's object: a write that names an older one is refused.</summary>
/// <param name="Index">Rises with every change of the swarm.</param>
public sealed record ObjectVersion(ulong Index);
