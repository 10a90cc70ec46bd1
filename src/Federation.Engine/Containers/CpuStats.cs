using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>A container's processor time.</summary>
/// <param name="Usage">The counters.</param>
public sealed record CpuStats([property: JsonPropertyName("cpu_usage")] CpuUsage? Usage);
