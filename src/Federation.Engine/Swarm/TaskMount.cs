using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A folder that a task sees.</summary>
public sealed record TaskMount
{
    /// <summary><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The machine's folder, or the volume's name; an empty volume of its own if left out.</summary>
    public string? Source { get; init; }

    /// <summary>Where the task sees it.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it may only read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How the volume is made where it is not there yet.</summary>
    public TaskVolumeOptions? VolumeOptions { get; init; }

    /// <summary>How a folder of the machine is seen.</summary>
    public TaskBindOptions? BindOptions { get; init; }

    /// <summary>How a file system in memory is made.</summary>
    public TaskTmpfsOptions? TmpfsOptions { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
