using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>Counters of processor time.</summary>
/// <param name="TotalNanoseconds">All of it since the container started.</param>
public sealed record CpuUsage([property: JsonPropertyName("total_usage")] long TotalNanoseconds);
