namespace Federation.Engine.Swarm;

/// <summary>Where a task's output goes.</summary>
/// <param name="Name">The driver.</param>
/// <param name="Options">Its options.</param>
public sealed record TaskLogDriver(string Name, IReadOnlyDictionary<string, string>? Options = null);
