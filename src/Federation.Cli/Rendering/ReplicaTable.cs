using System.Globalization;
using System.Text.Json;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Rendering;

/// <summary>The replicas of workloads.</summary>
internal static class ReplicaTable
{
    public static async Task<int> WriteAsync(PlaneSession session, CliConsole console, IReadOnlyList<string> workloads, OutputFormat format, CancellationToken ct)
    {
        if (workloads.Count == 0)
            workloads = [.. (await session.ListAsync(ResourceKind.Of<Workload>(), false, null, ct)).Select(item => item.Metadata.Name)];
        var replicas = new List<ReplicaView>();
        foreach (string workload in workloads) replicas.AddRange(await session.Client.ReplicasAsync(workload, ct: ct));
        if (format is OutputFormat.Json or OutputFormat.Yaml) ResourceOutput.WriteValue(console, JsonSerializer.SerializeToNode(replicas, DomainJson.Options), format);
        else if (format is OutputFormat.Name) replicas.ForEach(replica => console.Out.WriteLine(replica.Id));
        else Of(replicas, DateTimeOffset.UtcNow).Write(console, format == OutputFormat.Wide);
        return ExitCode.Done;
    }

    public static Table Of(IEnumerable<ReplicaView> replicas, DateTimeOffset now)
    {
        var table = new Table(new("REPLICA"), new("WORKLOAD"), new("CLUSTER"), new("NODE"), new("STATE"), new("RESTARTS", Right: true), new("REVISION", Wide: true), new("LAST END"), new("MESSAGE", Wide: true), new("AGE", Right: true));
        foreach (ReplicaView replica in replicas)
            table.Add(replica.Id, replica.Workload, replica.Cluster, replica.Node ?? "-", Titled(replica.State), replica.Restarts.ToString(CultureInfo.InvariantCulture),
                replica.Revision, replica.LastEnd ?? "-", replica.Message ?? "-", Age.Of(replica.StartedAt, now));
        return table;
    }

    private static string Titled(string state) => state.Length > 0 ? char.ToUpperInvariant(state[0]) + state[1..] : state;
}
