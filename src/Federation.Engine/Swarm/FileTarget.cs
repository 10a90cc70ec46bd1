using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>Where and whose a file is inside a container.</summary>
public sealed record FileTarget
{
    /// <summary>Its path.</summary>
    public required string Name { get; init; }

    /// <summary>Its owner's number.</summary>
    [JsonPropertyName("UID")]
    public string UserId { get; init; } = "0";

    /// <summary>Its group's number.</summary>
    [JsonPropertyName("GID")]
    public string GroupId { get; init; } = "0";

    /// <summary>Its mode.</summary>
    public uint Mode { get; init; } = 0x124;
}
