using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Naming;

/// <summary>The labels that say whose an object of the swarm is. What lacks the plane's and the cluster's mark is not ours, whatever its name.</summary>
internal static class SwarmLabels
{
    public const string Plane = "federation.plane";
    public const string Cluster = "federation.cluster";
    public const string Tenant = "federation.tenant";
    public const string Namespace = "federation.namespace";
    public const string Workload = "federation.workload";
    public const string Uid = "federation.uid";
    public const string Assignment = "federation.assignment";
    public const string Revision = "federation.revision";
    public const string Generation = "federation.generation";
    public const string Term = "federation.term";
    public const string Home = "federation.home";

    /// <summary>What a service and its containers carry.</summary>
    public static SortedDictionary<string, string> Of(string plane, Assignment order)
    {
        SortedDictionary<string, string> labels = Of(plane, order.Cluster, order.Workload.Tenant, order.Workload.Namespace);
        labels[Workload] = order.Workload.Name;
        labels[Uid] = order.WorkloadUid;
        labels[Assignment] = order.Id.Value;
        labels[Revision] = order.Revision.Value;
        return labels;
    }

    /// <summary>What belongs to a namespace.</summary>
    public static SortedDictionary<string, string> Of(string plane, ClusterId cluster, TenantId tenant, string room) => new(StringComparer.Ordinal)
    {
        [Plane] = plane,
        [Cluster] = cluster.Value,
        [Tenant] = tenant.Value,
        [Namespace] = room,
    };

    /// <summary>What belongs to the plane itself.</summary>
    public static SortedDictionary<string, string> Of(string plane, ClusterId cluster, long term) => new(StringComparer.Ordinal)
    {
        [Plane] = plane,
        [Cluster] = cluster.Value,
        [Term] = term.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What says on which machine a namespace's volume is.</summary>
    public static SortedDictionary<string, string> Of(string plane, ClusterId cluster, TenantId tenant, string room, string machine)
    {
        SortedDictionary<string, string> labels = Of(plane, cluster, tenant, room);
        labels[Home] = machine;
        return labels;
    }

    /// <summary>Whether a label is a mark of the plane's, or looks like one.</summary>
    public static bool IsMark(string label) => label.StartsWith("federation.", StringComparison.Ordinal);

    /// <summary>Marks with a user's own labels: what a user names is no mark.</summary>
    public static SortedDictionary<string, string> With(SortedDictionary<string, string> marks, IReadOnlyDictionary<string, string>? theirs)
    {
        var all = new SortedDictionary<string, string>(marks, StringComparer.Ordinal);
        foreach ((string name, string value) in theirs ?? new Dictionary<string, string>())
            if (!IsMark(name)) all.TryAdd(name, value);
        return all;
    }

    /// <summary>Whether these are the marks of this plane and cluster.</summary>
    public static bool AreOurs([NotNullWhen(true)] IReadOnlyDictionary<string, string>? labels, string plane, ClusterId cluster) =>
        labels is not null && labels.GetValueOrDefault(Plane) == plane && labels.GetValueOrDefault(Cluster) == cluster.Value;

    /// <summary>Of whom a task's container is; null if a label is missing or cannot be read.</summary>
    public static TaskOwner? OwnerOf(IReadOnlyDictionary<string, string>? labels, string plane, ClusterId cluster)
    {
        if (!AreOurs(labels, plane, cluster)
            || labels.GetValueOrDefault(Assignment) is not { Length: > 0 } assignment || labels.GetValueOrDefault(Revision) is not { Length: > 0 } revision
            || labels.GetValueOrDefault(Tenant) is not { Length: > 0 } tenant || labels.GetValueOrDefault(Namespace) is not { Length: > 0 } room
            || labels.GetValueOrDefault(Workload) is not { Length: > 0 } workload) return null;
        return new TaskOwner(new AssignmentId(assignment), new TemplateRevision(revision), new WorkloadKey(new TenantId(tenant), room, workload));
    }
}
