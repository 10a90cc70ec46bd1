using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests.Text;

namespace Federation.Cli.Reaching;

/// <summary>Which replica of a workload is meant: by its id, the beginning of it, its cluster; or any, a ready one first.</summary>
internal static class ReplicaChoice
{
    public static async Task<ReplicaView> PickAsync(PlaneSession session, CliConsole console, string workload, string? id, string? cluster, CancellationToken ct)
    {
        await session.RequireAsync(ResourceKind.Of<Workload>(), workload, ct);
        ReplicaView[] all = [.. (await session.Client.ReplicasAsync(workload, ct: ct)).Where(replica => replica.Node is not null)];
        ReplicaView[] fitting = [.. all.Where(replica => cluster is null || replica.Cluster == cluster)];
        if (id is not null) fitting = fitting.Where(replica => replica.Id == id).ToArray() is { Length: > 0 } exact ? exact : [.. fitting.Where(replica => replica.Id.StartsWith(id, StringComparison.Ordinal))];
        if (fitting.Length == 0)
        {
            string meant = id is not null ? $" '{id}'" : cluster is not null ? $" in {cluster}" : "";
            string? near = id is not null ? NearestName.Find(id, all.Select(static replica => replica.Id)) : cluster is not null ? NearestName.Find(cluster, all.Select(static replica => replica.Cluster).Distinct()) : null;
            throw new CliException(ExitCode.NotFound, $"workload/{workload} has no replica{meant}{(near is null ? "" : $"; did you mean {near}?")}", $"see them: fedctl get replicas {workload}");
        }
        if (id is not null && fitting.Length > 1)
            throw new CliException(ExitCode.Usage, $"'{id}' begins the names of {fitting.Length} replicas: {string.Join(", ", fitting.Select(static replica => replica.Id))}", "write more of it");
        ReplicaView chosen = fitting.OrderBy(static replica => replica.State.Equals("ready", StringComparison.OrdinalIgnoreCase) ? 0 : 1).ThenBy(static replica => replica.Id, StringComparer.Ordinal).First();
        if (fitting.Length > 1) console.Error.WriteLine($"(of {fitting.Length} replicas: {chosen.Id} on {chosen.Cluster}/{chosen.Node}; another by --replica)");
        return chosen;
    }
}
