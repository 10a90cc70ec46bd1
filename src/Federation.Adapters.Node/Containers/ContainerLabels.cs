using System.Globalization;
using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Containers;

/// <summary>The labels that say whose a container is. What lacks this node's mark is not ours, whatever its name.</summary>
internal static class ContainerLabels
{
    public const string Node = "federation.node";
    public const string Replica = "federation.replica";
    public const string Attempt = "federation.attempt";
    public const string Image = "federation.image";
    private const string Plane = "federation.plane";
    private const string Tenant = "federation.tenant";
    private const string Namespace = "federation.namespace";

    public static IReadOnlyDictionary<string, string> Of(string node, string? plane, ReplicaRecord record, string image)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Node] = node,
            [Replica] = record.Id.Value,
            [Attempt] = record.Attempt.ToString(CultureInfo.InvariantCulture),
            [Image] = image,
            [Tenant] = record.Workload.Tenant.Value,
            [Namespace] = record.Workload.Namespace,
            ["federation.workload"] = record.Workload.Name,
            ["federation.assignment"] = record.Assignment.Value,
            ["federation.revision"] = record.Revision.Value,
            ["federation.generation"] = record.Generation.ToString(CultureInfo.InvariantCulture),
        };
        if (record.WorkloadUid is { } uid) labels["federation.uid"] = uid;
        if (plane is not null) labels[Plane] = plane;
        return labels;
    }

    /// <summary>Those of a network or a volume, which belong to a namespace.</summary>
    public static IReadOnlyDictionary<string, string> Of(string node, string? plane, ReplicaRecord record)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Node] = node,
            [Tenant] = record.Workload.Tenant.Value,
            [Namespace] = record.Workload.Namespace,
        };
        if (plane is not null) labels[Plane] = plane;
        return labels;
    }
}
