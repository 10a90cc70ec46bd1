using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>A node's address: its cluster and its name there.</summary>
[JsonConverter(typeof(StringValueConverter<NodeKey>))]
public readonly record struct NodeKey(ClusterId Cluster, NodeId Node) : IStringValue<NodeKey>, IComparable<NodeKey>
{
    /// <summary>Reads <c>cluster/node</c>.</summary>
    public static NodeKey Parse(string text) => text.Split('/') is [var cluster, var node]
        ? new(ClusterId.Parse(cluster), NodeId.Parse(node))
        : throw new FormatException("a node key is cluster/node");

    /// <summary>Ordinal order of the text form.</summary>
    public int CompareTo(NodeKey other) => Cluster == other.Cluster
        ? string.CompareOrdinal(Node.Value, other.Node.Value)
        : TextOrder.OfFirstParts(Cluster.Value, other.Cluster.Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Cluster}/{Node}";
}
