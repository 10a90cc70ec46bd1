namespace Federation.Engine.Swarm;

/// <summary>Who makes a volume.</summary>
/// <param name="Name">The driver.</param>
/// <param name="Options">Its options.</param>
public sealed record TaskVolumeDriver(string Name, IReadOnlyDictionary<string, string>? Options);
