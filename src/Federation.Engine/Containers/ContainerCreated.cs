namespace Federation.Engine.Containers;

/// <summary>A container that was made.</summary>
/// <param name="Id">The engine's id for it.</param>
/// <param name="Warnings">What the daemon has to say about it.</param>
public sealed record ContainerCreated(string Id, IReadOnlyList<string>? Warnings);
