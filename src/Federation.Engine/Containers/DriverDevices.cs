using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>Devices that a driver hands out.</summary>
public sealed record DriverDevices
{
    /// <summary>The driver; the first that is able if empty.</summary>
    public string Driver { get; init; } = "";

    /// <summary>How many; -1 for all.</summary>
    public int Count { get; init; }

    /// <summary>Which, by their ids.</summary>
    [JsonPropertyName("DeviceIDs")]
    public IReadOnlyList<string>? DeviceIds { get; init; }

    /// <summary>What they must be able to do: any of these sets.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Capabilities { get; init; }

    /// <summary>The driver's own options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
