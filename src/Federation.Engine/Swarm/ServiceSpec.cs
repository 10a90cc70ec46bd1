using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What a service is to be. What is not named here is kept as it was read, so that an update takes nothing away that others set.</summary>
public sealed record ServiceSpec
{
    /// <summary>Its name, unique in the swarm.</summary>
    public string Name { get; init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What each of its tasks is.</summary>
    public TaskSpec TaskTemplate { get; init; } = new();

    /// <summary>How many tasks, or one on each machine.</summary>
    public ServiceMode? Mode { get; init; }

    /// <summary>How an update is carried out.</summary>
    public ServiceUpdateConfig? UpdateConfig { get; init; }

    /// <summary>How an update is undone.</summary>
    public ServiceUpdateConfig? RollbackConfig { get; init; }

    /// <summary>How it is reached.</summary>
    public ServiceEndpointSpec? EndpointSpec { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>In the API's own form, by which specs are compared and put together.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, EngineJson.Default.ServiceSpec)!.AsObject();

    /// <summary>Reads the API's own form.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ServiceSpec FromJson(JsonObject json) => json.Deserialize(EngineJson.Default.ServiceSpec) ?? throw new JsonException("null");
}
