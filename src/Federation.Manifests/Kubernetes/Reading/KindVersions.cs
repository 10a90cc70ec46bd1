namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>In which versions of the API a kind is read.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Current">The version to write.</param>
/// <param name="Alike">Others of the same form that clusters know today.</param>
/// <param name="Former">Others of the same form that clusters of today know no more.</param>
internal sealed record KindVersions(string Kind, string Current, IReadOnlyList<string> Alike, IReadOnlyList<string> Former)
{
    public static IReadOnlyList<KindVersions> All { get; } =
    [
        new("Deployment", "apps/v1", [], []),
        new("StatefulSet", "apps/v1", [], []),
        new("DaemonSet", "apps/v1", [], []),
        new("Job", "batch/v1", [], []),
        new("CronJob", "batch/v1", [], ["batch/v1beta1"]),
        new("Pod", "v1", [], []),
        new("Service", "v1", [], []),
        new("Ingress", "networking.k8s.io/v1", [], []),
        new("ConfigMap", "v1", [], []),
        new("Secret", "v1", [], []),
        new("PersistentVolumeClaim", "v1", [], []),
        new("Namespace", "v1", [], []),
        new("ServiceAccount", "v1", [], []),
        new("HorizontalPodAutoscaler", "autoscaling/v2", ["autoscaling/v1"], ["autoscaling/v2beta2"]),
        new("NetworkPolicy", "networking.k8s.io/v1", [], []),
        new("PodDisruptionBudget", "policy/v1", [], ["policy/v1beta1"]),
    ];

    // Why nothing comes of them, where there is more to say than that.
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["ReplicaSet"] = "write a Deployment",
        ["ReplicationController"] = "write a Deployment",
        ["Role"] = "the plane makes no accounts at a cluster's API; give rights there with kubectl",
        ["RoleBinding"] = "the plane makes no accounts at a cluster's API; give rights there with kubectl",
        ["ClusterRole"] = "the plane makes no accounts at a cluster's API; give rights there with kubectl",
        ["ClusterRoleBinding"] = "the plane makes no accounts at a cluster's API; give rights there with kubectl",
        ["CustomResourceDefinition"] = "kinds of a cluster's own are made there with kubectl",
        ["PersistentVolume"] = "volumes are made where they are needed: write a PersistentVolumeClaim",
        ["StorageClass"] = "it belongs to one cluster; make it there with kubectl",
        ["PriorityClass"] = "it belongs to one cluster; the priority here is that of a placement policy",
        ["Endpoints"] = "addresses are those of the workloads that a Service selects",
        ["EndpointSlice"] = "addresses are those of the workloads that a Service selects",
        ["LimitRange"] = "write resources into each workload",
        ["ResourceQuota"] = "quotas are a tenant's",
        ["Gateway"] = "there is one ingress, the plane's: write an Ingress, or a Route",
        ["HTTPRoute"] = "write an Ingress, or a Route",
        ["GRPCRoute"] = "write an Ingress, or a Route",
        ["Kustomization"] = "fill it in first: kubectl kustomize FOLDER | fedctl apply -f -",
        ["HelmRelease"] = "fill it in first: helm template NAME CHART | fedctl apply -f -",
    };

    public static KindVersions? Of(string kind) => All.FirstOrDefault(known => known.Kind == kind);

    public static string? WhyNot(string kind) => Others.GetValueOrDefault(kind);
}
