using System.Text;

namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A resource in one version: where its objects are, and what their documents call it.</summary>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Version">Its version, such as <c>v1</c>.</param>
/// <param name="Plural">Its name in paths, such as <c>deployments</c>.</param>
/// <param name="Kind">Its name in documents, such as <c>Deployment</c>.</param>
/// <param name="Namespaced">Whether its objects are in namespaces.</param>
internal sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    public static readonly ApiResource Namespaces = new("", "v1", "namespaces", "Namespace", false);
    public static readonly ApiResource Nodes = new("", "v1", "nodes", "Node", false);
    public static readonly ApiResource Pods = new("", "v1", "pods", "Pod", true);
    public static readonly ApiResource Services = new("", "v1", "services", "Service", true);
    public static readonly ApiResource ConfigMaps = new("", "v1", "configmaps", "ConfigMap", true);
    public static readonly ApiResource Secrets = new("", "v1", "secrets", "Secret", true);
    public static readonly ApiResource PersistentVolumeClaims = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
    public static readonly ApiResource Events = new("", "v1", "events", "Event", true);
    public static readonly ApiResource Deployments = new("apps", "v1", "deployments", "Deployment", true);
    public static readonly ApiResource ReplicaSets = new("apps", "v1", "replicasets", "ReplicaSet", true);
    public static readonly ApiResource StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet", true);
    public static readonly ApiResource DaemonSets = new("apps", "v1", "daemonsets", "DaemonSet", true);
    public static readonly ApiResource Jobs = new("batch", "v1", "jobs", "Job", true);
    public static readonly ApiResource CronJobs = new("batch", "v1", "cronjobs", "CronJob", true);
    public static readonly ApiResource Ingresses = new("networking.k8s.io", "v1", "ingresses", "Ingress", true);
    public static readonly ApiResource NetworkPolicies = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true);
    public static readonly ApiResource EndpointSlices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);
    public static readonly ApiResource PodDisruptionBudgets = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);
    public static readonly ApiResource HorizontalPodAutoscalers = new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true);
    public static readonly ApiResource SelfSubjectAccessReviews = new("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false);

    /// <summary>As documents write it: <c>apps/v1</c>, or <c>v1</c> of the core.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path below the server's address.</summary>
    public string Path(string? space, string? name = null, string? subresource = null)
    {
        if (!Namespaced && space is not null) throw new ArgumentException($"{Plural} are in no namespace", nameof(space));
        if (Namespaced && space is null && name is not null) throw new ArgumentException($"one of {Plural} needs its namespace", nameof(space));
        var path = new StringBuilder(Group.Length == 0 ? "api/" : $"apis/{Group}/").Append(Version);
        if (space is not null) path.Append("/namespaces/").Append(Uri.EscapeDataString(space));
        path.Append('/').Append(Plural);
        if (name is not null) path.Append('/').Append(Uri.EscapeDataString(name));
        if (subresource is not null) path.Append('/').Append(subresource);
        return path.ToString();
    }
}
