using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Engine.Networks;

/// <summary>A network to be made.</summary>
public sealed record NetworkSpec
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Refuses a second one of that name.</summary>
    public bool CheckDuplicate { get; init; } = true;

    /// <summary>What makes it.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>In the API's own form.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, EngineJson.Default.NetworkSpec)!.AsObject();
}
