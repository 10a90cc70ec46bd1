using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>What is declared of one node of a native cluster. A node without a setting takes work.</summary>
[MergeKey(nameof(Name))]
public sealed record NodeSetting
{
    /// <summary>The node's name inside its cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Cordoned: takes no new replicas, keeps what it has.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Draining: takes no new replicas, and what it has moves elsewhere.</summary>
    public bool Draining { get; init; }

    /// <summary>A person decided that the node is gone for good; see <c>fedctl confirm-lost</c>.</summary>
    public bool ConfirmedLost { get; init; }

    /// <summary>Whether it says nothing that a node without a setting would not say.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEmpty => !Cordoned && !Draining && !ConfirmedLost;
}
