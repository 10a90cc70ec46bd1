using Federation.Domain.Clusters;
using Federation.Domain.Resources;
using Federation.Manifests.Text;

namespace Federation.Cli.Session;

/// <summary>A cluster, or one node of it, as a person writes it: <c>cluster us-cloud</c>, <c>node edge/n2</c>.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node; null for the whole cluster.</param>
internal sealed record Place(string Cluster, string? Node)
{
    /// <summary>For messages.</summary>
    public string Text => Node is null ? $"cluster/{Cluster}" : $"node/{Cluster}/{Node}";

    /// <summary>As it is typed after a command.</summary>
    public string Typed => Node is null ? $"cluster {Cluster}" : $"node {Cluster}/{Node}";

    /// <summary>Reads <c>cluster NAME</c>, <c>cluster/NAME</c>, <c>node CLUSTER/NODE</c> or <c>node/CLUSTER/NODE</c>.</summary>
    public static Place Parse(IReadOnlyList<string> words) => string.Join('/', words).Split('/') switch
    {
        [var kind, { Length: > 0 } cluster] when ResourceKind.Find(kind) == ResourceKind.Of<Cluster>() => new(cluster, null),
        ["node" or "nodes", { Length: > 0 } cluster, { Length: > 0 } node] => new(cluster, node),
        ["node" or "nodes", ..] => throw new CliException(ExitCode.Usage, "a node is named with its cluster", "for example: node edge/n2; see them with: fedctl get nodes"),
        _ => throw new CliException(ExitCode.Usage, $"'{string.Join(' ', words)}' is neither a cluster nor a node", "write cluster NAME, or node CLUSTER/NODE"),
    };

    /// <summary>Reads <c>CLUSTER</c> or <c>CLUSTER/NODE</c>.</summary>
    public static Place ParseBare(string word) => word.Split('/') switch
    {
        [{ Length: > 0 } cluster] => new(cluster, null),
        [{ Length: > 0 } cluster, { Length: > 0 } node] => new(cluster, node),
        _ => throw new CliException(ExitCode.Usage, $"'{word}' is not CLUSTER or CLUSTER/NODE", "for example: us-cloud, or edge/n2"),
    };

    /// <summary>Refuses a cluster or node that is not there, with the nearest name that is.</summary>
    public async Task RequireAsync(PlaneSession session, CancellationToken ct)
    {
        var cluster = (Cluster)await session.RequireAsync(ResourceKind.Of<Cluster>(), Cluster, ct);
        if (Node is null || cluster.Spec.NodeSetting(Node) is not null || (cluster.Status?.NodeList ?? []).Any(node => node.Name == Node)) return;
        string near = NearestName.Find(Node, (cluster.Status?.NodeList ?? []).Select(static node => node.Name)) is { } name ? $"; did you mean {Cluster}/{name}?" : "";
        throw new CliException(ExitCode.NotFound, $"{Text} is not there{near}", "see what is: fedctl get nodes");
    }
}
