using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What a machine of a swarm is built on.</summary>
/// <param name="Architecture">Such as <c>x86_64</c>.</param>
/// <param name="OperatingSystem">Such as <c>linux</c>.</param>
public sealed record SwarmNodePlatform(string? Architecture, [property: JsonPropertyName("OS")] string? OperatingSystem);
