using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Recoveries;

/// <summary>A document of an earlier life of this store, as a node was last told it.</summary>
/// <param name="Kind">The document's kind.</param>
/// <param name="Key">Its key.</param>
/// <param name="Node">The node that told it.</param>
/// <param name="Content">The document.</param>
public sealed record HeldDocument(string Kind, string Key, NodeKey Node, JsonNode Content)
{
    /// <summary>The uid of the resource; of a rollout, its workload's.</summary>
    [JsonIgnore]
    public string? Uid => Content["metadata"]?["uid"]?.GetValue<string>() ?? Content["workloadUid"]?.GetValue<string>();

    /// <summary>The resource's generation; 0 where it has none.</summary>
    [JsonIgnore]
    public long Generation => Content["metadata"]?["generation"]?.GetValue<long>() ?? 0;

    /// <summary>The key under which it is kept.</summary>
    [JsonIgnore]
    public string KeptAs => $"{Kind}:{Key}";
}
