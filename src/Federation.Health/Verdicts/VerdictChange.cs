using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Health.Verdicts;

/// <summary>A verdict that changed.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node; null for the cluster's verdict.</param>
/// <param name="Before">Null if there was none.</param>
/// <param name="After">Null if the subject is known no more.</param>
public sealed record VerdictChange(ClusterId Cluster, NodeId? Node, Verdict? Before, Verdict? After)
{
    /// <summary>The document's key: <c>cluster</c> or <c>cluster/node</c>.</summary>
    public string Key => Node is { } node ? $"{Cluster}/{node}" : Cluster.Value;
}
