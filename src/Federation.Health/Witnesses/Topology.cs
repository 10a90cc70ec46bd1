using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;

namespace Federation.Health.Witnesses;

/// <summary>What the witnesses of one cluster stand on: what its declaration says, and nothing that would have to be guessed.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="declared">Its failure domains; null or empty: everything of it may fail as one.</param>
public sealed class Topology(ClusterId cluster, IReadOnlyList<FailureDomain>? declared)
{
    /// <summary>What an agent's stream, its tunnel and the requests through that tunnel share.</summary>
    public IReadOnlyList<string> OfNode(NodeId node)
    {
        string[] domains = [.. (declared ?? []).Where(domain => domain.Nodes?.Contains(node.Value) == true).Select(domain => Name(domain.Name))];
        return [$"agent {cluster}/{node}", .. domains.Length > 0 ? domains : [Whole]];
    }

    /// <summary>What the way to the management API stands on.</summary>
    public IReadOnlyList<string> OfManagement()
    {
        string[] domains = [.. (declared ?? []).Where(static domain => domain.Management).Select(domain => Name(domain.Name))];
        return [$"management {cluster}", .. domains.Length > 0 ? domains : [Whole]];
    }

    private string Whole => $"cluster {cluster}";

    private static string Name(string domain) => $"domain {domain}";
}
