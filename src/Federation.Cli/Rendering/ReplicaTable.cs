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
    public static async Task<IReadOnlyList<ListedItem>> ListAsync(PlaneSession session, IReadOnlyList<string> workloads, string? labels, CancellationToken ct)
    {
        if (workloads.Count == 0)
            workloads = [.. (await session.ListAsync(ResourceKind.Of<Workload>(), false, labels, ct)).Select(item => item.Metadata.Name)];
        var replicas = new List<ReplicaView>();
        foreach (string workload in workloads) replicas.AddRange(await session.Client.ReplicasAsync(workload, ct: ct));
        return [.. replicas.Select(replica => new ListedItem(replica.Id, JsonSerializer.SerializeToNode(replica, DomainJson.Options)!, table => Add(table, replica, DateTimeOffset.UtcNow)))];
    }

    public static Table Empty() =>
        new(new("REPLICA"), new("WORKLOAD"), new("CLUSTER"), new("NODE"), new("STATE"), new("RESTARTS", Right: true), new("REVISION", Wide: true), new("LAST END"), new("MESSAGE", Wide: true), new("AGE", Right: true));

    public static Table Of(IEnumerable<ReplicaView> replicas, DateTimeOffset now)
    {
        Table table = Empty();
        foreach (ReplicaView replica in replicas) Add(table, replica, now);
        return table;
    }

    private static void Add(Table table, ReplicaView replica, DateTimeOffset now) =>
        table.Add(replica.Id, replica.Workload, replica.Cluster, replica.Node ?? "-", Titled(replica.State), replica.Restarts.ToString(CultureInfo.InvariantCulture),
            replica.Revision, replica.LastEnd ?? "-", replica.Message ?? "-", Age.Of(replica.StartedAt, now));

    /// <summary>A state as a title.</summary>
    public static string Titled(string state) => state.Length > 0 ? char.ToUpperInvariant(state[0]) + state[1..] : state;
}
