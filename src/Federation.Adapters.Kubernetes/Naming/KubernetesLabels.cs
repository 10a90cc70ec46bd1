using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Naming;

/// <summary>
/// The marks that say whose an object of the cluster is. Labels select, and hold hashes, for their values are short; annotations hold what the hashes are of.
/// What lacks the mark is not ours, whatever its name.
/// </summary>
internal static class KubernetesLabels
{
    /// <summary>Of plane and cluster together: everything that is ours has it.</summary>
    public const string Owner = "federation/owner";

    /// <summary>Of one Deployment, and of its pods alone.</summary>
    public const string Deployment = "federation/deployment";

    /// <summary>Of one Job, and of its pods alone.</summary>
    public const string Job = "federation/job";

    /// <summary>Of one pod, and of the Service that gives it node ports: the pod's uid.</summary>
    public const string Pod = "federation/pod";

    /// <summary>Which of an order's Jobs it is.</summary>
    public const string Ordinal = "federation/ordinal";

    /// <summary>Of all revisions of a workload.</summary>
    public const string Workload = "federation/workload";

    /// <summary>Of pods that are in closed networks alone.</summary>
    public const string Closed = "federation/closed";

    public const string Tenant = "federation/tenant";
    public const string Namespace = "federation/namespace";
    public const string Name = "federation/name";
    public const string Uid = "federation/uid";
    public const string Assignment = "federation/assignment";
    public const string Revision = "federation/revision";
    public const string Form = "federation/form";
    public const string Term = "federation/term";
    public const string Plane = "federation/plane";
    public const string Cluster = "federation/cluster";

    /// <summary>The value of a mark that says no more than that it is there.</summary>
    public const string Selected = "yes";

    private static readonly HashSet<string> Marks = new(StringComparer.Ordinal) { Owner, Deployment, Job, Pod, Ordinal, Workload, Closed, Tenant, Namespace, Name, Uid, Assignment, Revision, Form, Term, Plane, Cluster };

    private const string ServicePrefix = "service.federation/", NetworkPrefix = "network.federation/", AliasPrefix = "alias.federation/";

    /// <summary>Of the pods that a Service leads to which a manifest has declared, whatever their workload.</summary>
    public static string Service(string name) => ServicePrefix + name;

    /// <summary>Of the pods that are in a closed network.</summary>
    public static string Network(string name) => NetworkPrefix + name;

    /// <summary>Of the pods that others of a network find by a further name, whatever their workload.</summary>
    public static string Alias(string name) => AliasPrefix + name;

    /// <summary>Whether a key is one that the plane alone writes. Others of its prefix are a user's: <c>federation/stack</c>, <c>federation/host</c>.</summary>
    public static bool IsOurs(string key) => Marks.Contains(key) || new[] { ServicePrefix, NetworkPrefix, AliasPrefix }.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The annotations of what belongs to an order.</summary>
    public static JsonObject AnnotationsOf(string plane, Assignment order) => new()
    {
        [Plane] = plane,
        [Cluster] = order.Cluster.Value,
        [Tenant] = order.Workload.Tenant.Value,
        [Namespace] = order.Workload.Namespace,
        [Name] = order.Workload.Name,
        [Uid] = order.WorkloadUid,
        [Assignment] = order.Id.Value,
        [Revision] = order.Revision.Value,
    };

    /// <summary>Of whom an object is; null where a mark is missing.</summary>
    public static PodOwner? OwnerOf([NotNullWhen(true)] IReadOnlyDictionary<string, string>? annotations)
    {
        if (annotations?.GetValueOrDefault(Assignment) is not { Length: > 0 } assignment || annotations.GetValueOrDefault(Revision) is not { Length: > 0 } revision
            || WorkloadOf(annotations) is not { } workload) return null;
        return new PodOwner(new AssignmentId(assignment), new TemplateRevision(revision), workload);
    }

    /// <summary>Of which workload an object is; null where a mark is missing.</summary>
    public static WorkloadKey? WorkloadOf(IReadOnlyDictionary<string, string>? annotations) =>
        annotations?.GetValueOrDefault(Tenant) is { Length: > 0 } tenant && annotations.GetValueOrDefault(Namespace) is { Length: > 0 } room && annotations.GetValueOrDefault(Name) is { Length: > 0 } workload
            ? new WorkloadKey(new TenantId(tenant), room, workload)
            : null;
}

/// <summary>Of whom a pod, or what makes it, is.</summary>
/// <param name="Assignment">The order.</param>
/// <param name="Revision">What it runs.</param>
/// <param name="Workload">The workload.</param>
internal sealed record PodOwner(AssignmentId Assignment, TemplateRevision Revision, WorkloadKey Workload);
