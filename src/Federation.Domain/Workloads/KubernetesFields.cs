using Federation.Domain.Observation;

namespace Federation.Domain.Workloads;

/// <summary>
/// What a Kubernetes cluster is told of a workload that no other kind of cluster knows: fields of its own objects, each by its path, with the value as JSON. A path
/// begins with the part that it is laid into: <c>object</c> (what the cluster makes of the workload: a Deployment, say), <c>job</c> (a Job, or a CronJob's template
/// of one), <c>pod</c> (the template of its pods), <c>container</c> (the container that runs <see cref="WorkloadTemplate.Image"/>). <c>services.NAME</c>,
/// <c>claims.NAME</c> and <c>policies.NAME</c> are a Service, a PersistentVolumeClaim and a NetworkPolicy that belong to it, with <c>metadata</c> and <c>spec</c>. Lists at
/// <c>pod.spec.containers</c>, <c>pod.spec.initContainers</c>, <c>pod.spec.volumes</c>, <c>container.env</c>, <c>container.envFrom</c> and
/// <c>container.volumeMounts</c> are added to what the cluster makes of the rest, mappings are joined, all else stands in its place. What is called a ConfigMap, a Secret or a claim in a
/// value is the namespace's Config, Secret or Volume of that name.
/// </summary>
public sealed record KubernetesFields
{
    /// <summary>The first parts of paths.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["object", "job", "pod", "container", "services", "claims", "policies"];

    /// <summary>The kind of object that a cluster makes: <c>Deployment</c>, <c>StatefulSet</c>, <c>DaemonSet</c>, <c>Job</c> or <c>CronJob</c>; its agent's choice if left out.</summary>
    public string? Kind { get; init; }

    /// <summary>Fields without which the program would be or do something else: the workload is kept on clusters that offer <see cref="Capability.KubernetesFields"/>.</summary>
    public IReadOnlyDictionary<string, string>? Needed { get; init; }

    /// <summary>Fields that a Kubernetes cluster obeys and others do without.</summary>
    public IReadOnlyDictionary<string, string>? Extra { get; init; }
}
