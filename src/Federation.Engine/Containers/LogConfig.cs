namespace Federation.Engine.Containers;

/// <summary>Where a container's output is kept.</summary>
/// <param name="Type">The driver's name.</param>
/// <param name="Config">Its options.</param>
public sealed record LogConfig(string Type, IReadOnlyDictionary<string, string> Config);
