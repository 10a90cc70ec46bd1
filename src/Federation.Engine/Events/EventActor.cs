using System.Text.Json.Serialization;

namespace Federation.Engine.Events;

/// <summary>What an event happened to.</summary>
/// <param name="Id">The engine's id for it.</param>
/// <param name="Attributes">Its labels and name, and what belongs to the event, as <c>exitCode</c>.</param>
public sealed record EventActor([property: JsonPropertyName("ID")] string Id, IReadOnlyDictionary<string, string>? Attributes);
