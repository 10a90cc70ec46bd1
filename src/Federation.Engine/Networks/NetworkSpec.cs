using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federation.Engine.Networks;

/// <summary>A network to be made.</summary>
public sealed record NetworkSpec
{
    private const string Encrypted = "encrypted";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Refuses a second one of that name.</summary>
    public bool CheckDuplicate { get; init; } = true;

    /// <summary>What makes it.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Whether nothing outside is reached from it.</summary>
    public bool? Internal { get; init; }

    /// <summary>Whether containers that are no tasks may join it.</summary>
    public bool? Attachable { get; init; }

    /// <summary>Whether it has addresses of version 6.</summary>
    public bool? EnableIPv6 { get; init; }

    /// <summary>How it gives out addresses; the engine's choice if left out.</summary>
    public AddressManagement? IPAM { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>In what a network that is there differs from this one, so that it may not stand for it; null if in nothing that matters.</summary>
    public string? DifferenceTo(NetworkDetails there)
    {
        if (Internal == true != there.Internal) return there.Internal ? "it is internal" : "it is not internal";
        bool encrypted = there.Options?.ContainsKey(Encrypted) == true;
        return Options?.ContainsKey(Encrypted) == true == encrypted ? null : encrypted ? "it is encrypted" : "it is not encrypted";
    }

    /// <summary>In the API's own form.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, EngineJson.Default.NetworkSpec)!.AsObject();
}
