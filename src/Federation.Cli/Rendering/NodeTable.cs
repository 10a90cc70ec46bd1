using System.Globalization;
using System.Text.Json;
using Federation.Cli.Session;
using Federation.Domain.Clusters;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Resources;

namespace Federation.Cli.Rendering;

/// <summary>The nodes of all clusters.</summary>
internal static class NodeTable
{
    public static async Task<IReadOnlyList<ListedItem>> ListAsync(PlaneSession session, CancellationToken ct) =>
    [
        .. (await session.ListAsync(ResourceKind.Of<Cluster>(), false, null, ct)).Cast<Cluster>().SelectMany(cluster => (cluster.Status?.NodeList ?? []).Select(node =>
            new ListedItem($"node/{cluster.Metadata.Name}/{node.Name}", JsonSerializer.SerializeToNode(new { cluster = cluster.Metadata.Name, node }, DomainJson.Options)!, table => Add(table, cluster, node)))),
    ];

    public static Table Empty() =>
        new(new("CLUSTER"), new("NODE"), new("STATE"), new("CPU", Right: true), new("FREE CPU", Right: true), new("MEM", Right: true), new("FREE MEM", Right: true), new("REPLICAS", Right: true), new("SINCE", Right: true, Wide: true), new("REASON", Wide: true));

    public static Table Of(IEnumerable<Cluster> clusters)
    {
        Table table = Empty();
        foreach (Cluster cluster in clusters)
            foreach (NodeSummary node in cluster.Status?.NodeList ?? []) Add(table, cluster, node);
        return table;
    }

    private static void Add(Table table, Cluster cluster, NodeSummary node) =>
        table.Add(cluster.Metadata.Name, node.Name, State(cluster, node), Amounts.Of(node.Allocatable.Cpu), Amounts.Of(node.Free.Cpu),
            Amounts.Of(node.Allocatable.Memory), Amounts.Of(node.Free.Memory), node.Replicas.ToString(CultureInfo.InvariantCulture), Age.Of(node.Since, DateTimeOffset.UtcNow), node.Reason ?? "-");

    // In contact, Health says so itself, a moment later; a loss is told first, and what is declared beside it.
    private static string State(Cluster cluster, NodeSummary node)
    {
        string? declared = cluster.Spec.NodeSetting(node.Name) switch
        {
            { ConfirmedLost: true } => "ConfirmedLost",
            { Draining: true } => nameof(VerdictState.Draining),
            { Cordoned: true } => nameof(VerdictState.Cordoned),
            _ => null,
        };
        string state = node.State.ToString();
        return declared is null || declared == state ? state : node.State == VerdictState.Ready ? declared : $"{state},{declared}";
    }
}
