namespace Federation.Engine.Networks;

/// <summary>What the daemon answers to the making of a network.</summary>
/// <param name="Id">The engine's id for it.</param>
public sealed record NetworkCreated(string Id);
