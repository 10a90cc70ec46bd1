using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What the swarm answers to the making of an object.</summary>
/// <param name="Id">The swarm's id for it.</param>
/// <param name="Warning">What it wants to be known, such as that the image's digest could not be told; null for nothing.</param>
public sealed record ObjectCreated([property: JsonPropertyName("ID")] string Id, string? Warning = null);
