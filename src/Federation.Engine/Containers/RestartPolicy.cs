namespace Federation.Engine.Containers;

/// <summary>Whether the engine itself starts a container again.</summary>
/// <param name="Name"><c>no</c>, <c>always</c>, <c>unless-stopped</c> or <c>on-failure</c>.</param>
public sealed record RestartPolicy(string Name);
