using System.Globalization;
using System.Text.Json;
using Federation.Cli.Session;
using Federation.Domain.Clusters;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Cli.Rendering;

/// <summary>The nodes of all clusters.</summary>
internal static class NodeTable
{
    public static async Task<int> WriteAsync(PlaneSession session, CliConsole console, OutputFormat format, CancellationToken ct)
    {
        var clusters = (await session.ListAsync(ResourceKind.Of<Cluster>(), false, null, ct)).Cast<Cluster>().ToArray();
        if (format is OutputFormat.Json or OutputFormat.Yaml)
        {
            ResourceOutput.WriteValue(console, JsonSerializer.SerializeToNode(
                clusters.SelectMany(cluster => (cluster.Status?.NodeList ?? []).Select(node => new { cluster = cluster.Metadata.Name, node })), DomainJson.Options), format);
            return ExitCode.Done;
        }
        Of(clusters).Write(console, format == OutputFormat.Wide);
        return ExitCode.Done;
    }

    public static Table Of(IEnumerable<Cluster> clusters)
    {
        var table = new Table(new("CLUSTER"), new("NODE"), new("STATE"), new("CPU", Right: true), new("FREE CPU", Right: true), new("MEM", Right: true), new("FREE MEM", Right: true), new("REPLICAS", Right: true));
        foreach (Cluster cluster in clusters)
            foreach (NodeSummary node in cluster.Status?.NodeList ?? [])
                table.Add(cluster.Metadata.Name, node.Name, node.State.ToString(), Amounts.Of(node.Allocatable.Cpu), Amounts.Of(node.Free.Cpu),
                    Amounts.Of(node.Allocatable.Memory), Amounts.Of(node.Free.Memory), node.Replicas.ToString(CultureInfo.InvariantCulture));
        return table;
    }
}
