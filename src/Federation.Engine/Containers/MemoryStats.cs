using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>A container's memory.</summary>
/// <param name="Bytes">In use now, the kernel's file cache included.</param>
public sealed record MemoryStats([property: JsonPropertyName("usage")] long Bytes);
