using System.Globalization;
using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Cli.Rendering;

/// <summary>Each kind's columns: what a person wants to know first.</summary>
internal static class ResourceTable
{
    private static readonly Column Name = new("NAME");
    private static readonly Column AgeColumn = new("AGE", Right: true);

    public static Table Of(ResourceKind kind, IReadOnlyList<Resource> items, bool withNamespace, DateTimeOffset now)
    {
        Column[] own = kind.Name switch
        {
            "Cluster" => [new("KIND"), new("STATE"), new("NODES", Right: true), new("FREE CPU", Right: true), new("FREE MEM", Right: true), new("REPLICAS", Right: true), new("LABELS", Wide: true), new("REASON", Wide: true)],
            "Workload" => [new("READY", Right: true), new("UPDATED", Right: true), new("STATE"), new("CLUSTERS"), new("REVISION", Wide: true), new("MESSAGE", Wide: true)],
            "Route" => [new("HOST"), new("PATH"), new("WORKLOAD"), new("PORT")],
            "PlacementPolicy" => [new("DIVISION"), new("SPREAD"), new("FAILOVER"), new("PRIORITY", Right: true)],
            "Config" or "Secret" => [new("VERSION", Right: true), new("KEYS")],
            "Volume" => [new("SHARED"), new("HOME")],
            "Namespace" => [new("DESCRIPTION")],
            _ => [],
        };
        Column[] columns = [.. withNamespace && kind.Namespaced ? [new Column("NAMESPACE")] : Array.Empty<Column>(), Name, .. own, AgeColumn];
        var table = new Table(columns);
        foreach (Resource resource in items) Add(table, kind, resource, withNamespace, now);
        return table;
    }

    /// <summary>Adds a row to a table of its kind.</summary>
    public static void Add(Table table, ResourceKind kind, Resource resource, bool withNamespace, DateTimeOffset now)
    {
        string[] lead = withNamespace && kind.Namespaced ? [resource.Metadata.Namespace ?? "", resource.Metadata.Name] : [resource.Metadata.Name];
        table.Add([.. lead, .. Cells(resource), Age.Of(resource.Metadata.CreatedAt, now)]);
    }

    public static string State(Workload workload) => workload.Metadata.DeletionRequestedAt is null ? workload.Status?.Phase ?? "Pending" : "Deleting";

    private static string[] Cells(Resource resource) => resource switch
    {
        Cluster cluster => OfCluster(cluster),
        Workload workload => OfWorkload(workload),
        Route route => [route.Spec.Host, route.Spec.Path, route.Spec.Workload, route.Spec.Port ?? "-"],
        PlacementPolicy policy => OfPolicy(policy.Spec),
        Config config => OfMaterial(config.Status),
        Secret secret => OfMaterial(secret.Status),
        Volume volume => [volume.Spec.Shared ? "yes" : "no", Home(volume.Status)],
        Namespace room => [room.Spec.Description ?? "-"],
        _ => [],
    };

    private static string[] OfCluster(Cluster cluster)
    {
        ClusterStatus status = cluster.Status ?? new ClusterStatus();
        string state = status.State?.ToString() ?? "Unknown";
        // In contact, Health says so itself, a moment later; a loss is told first, and what is declared beside it.
        string? declared = cluster.Spec.ConfirmedLost ? "ConfirmedLost" : cluster.Spec.Draining ? "Draining" : cluster.Spec.Cordoned ? "Cordoned" : null;
        if (declared is not null && state != declared) state = state == "Ready" ? declared : $"{state},{declared}";
        return
        [
            cluster.Spec.Kind.ToString().ToLowerInvariant(), state, $"{Number(status.NodesReady)}/{Number(status.Nodes)}",
            Amounts.Of(status.Free.Cpu), Amounts.Of(status.Free.Memory), Number(status.Replicas), Labels(cluster.Metadata.Labels), status.Reason ?? "-",
        ];
    }

    private static string[] OfWorkload(Workload workload)
    {
        WorkloadStatus status = workload.Status ?? new WorkloadStatus { Desired = workload.Spec.Replicas ?? 1 };
        string clusters = string.Join(", ", (status.Clusters ?? []).Select(share => $"{share.Cluster} {Number(share.Ready)}/{Number(share.Assigned)}"));
        return
        [
            $"{Number(status.Ready)}/{Number(status.Desired)}", Number(status.Updated), State(workload),
            clusters.Length > 0 ? clusters : "-", status.Revision ?? "-", status.Message ?? "-",
        ];
    }

    private static string[] OfPolicy(PlacementPolicySpec policy) =>
    [
        policy.Division.Strategy.ToString().ToLowerInvariant(),
        policy.Spread is { Count: > 0 } rules ? string.Join(", ", rules.Select(rule => $"{rule.Label} {Number(rule.Min)}..{rule.Max?.ToString(CultureInfo.InvariantCulture)}")) : "-",
        policy.Failover switch { { Enabled: false } => "off", { TolerationSeconds: { } seconds } => $"after {Number(seconds)}s", _ => "at once, or 30s" },
        Number(policy.Priority),
    ];

    private static string[] OfMaterial(MaterialStatus? status) => [status is null ? "-" : Number(status.Version), status is null ? "-" : string.Join(", ", status.Keys)];

    private static string Home(VolumeStatus? status) => status switch
    {
        { HomeCluster: { } cluster, HomeNode: { } node } => $"{cluster}/{node}",
        { HomeCluster: { } cluster } => cluster.Value,
        _ => "-",
    };

    private static string Labels(IReadOnlyDictionary<string, string>? labels) =>
        labels is { Count: > 0 } ? string.Join(",", labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")) : "-";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
