using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Engine.Swarm;

/// <summary>A secret or a config to be made. Its content never changes; its labels may.</summary>
public sealed record FileSpec
{
    /// <summary>Its name, unique among its kind.</summary>
    public required string Name { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The content, at most 500 KB; for a secret never told again.</summary>
    public byte[]? Data { get; init; }

    /// <summary>In the API's own form.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, EngineJson.Default.FileSpec)!.AsObject();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
