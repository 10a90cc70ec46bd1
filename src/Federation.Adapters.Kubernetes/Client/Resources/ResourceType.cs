using System.Text.Json.Serialization.Metadata;

namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A resource whose objects are read into records.</summary>
internal sealed record ResourceType<T>(ApiResource Resource, JsonTypeInfo<T> One, JsonTypeInfo<ObjectList<T>> Many) where T : IApiObject;

/// <summary>The resources that are read into records.</summary>
internal static class ResourceTypes
{
    private static readonly FollowedJson Json = FollowedJson.Default;

    public static ResourceType<Pod> Pods { get; } = new(ApiResource.Pods, Json.Pod, Json.PodList);

    public static ResourceType<Node> Nodes { get; } = new(ApiResource.Nodes, Json.Node, Json.NodeList);

    public static ResourceType<NamespaceObject> Namespaces { get; } = new(ApiResource.Namespaces, Json.NamespaceObject, Json.NamespaceList);

    public static ResourceType<ServiceObject> Services { get; } = new(ApiResource.Services, Json.ServiceObject, Json.ServiceList);

    public static ResourceType<EndpointSlice> EndpointSlices { get; } = new(ApiResource.EndpointSlices, Json.EndpointSlice, Json.EndpointSliceList);

    public static ResourceType<EventObject> Events { get; } = new(ApiResource.Events, Json.EventObject, Json.EventList);

    public static ResourceType<Job> Jobs { get; } = new(ApiResource.Jobs, Json.Job, Json.JobList);

    public static ResourceType<ReplicatedObject> Deployments { get; } = Replicated(ApiResource.Deployments);

    public static ResourceType<ReplicatedObject> ReplicaSets { get; } = Replicated(ApiResource.ReplicaSets);

    public static ResourceType<ReplicatedObject> StatefulSets { get; } = Replicated(ApiResource.StatefulSets);

    /// <summary>By their metadata and generation, and whether they rest: they have no number of replicas.</summary>
    public static ResourceType<ReplicatedObject> CronJobs { get; } = Replicated(ApiResource.CronJobs);

    /// <summary>PodDisruptionBudgets, in the version that the server has, as CronJobs are read.</summary>
    public static ResourceType<ReplicatedObject> Budgets(ApiResource resource) => Replicated(resource);

    public static ResourceType<ReplicatedObject> DaemonSets { get; } = Replicated(ApiResource.DaemonSets);

    /// <summary>Any resource, by its metadata alone.</summary>
    public static ResourceType<Bare> Metadata(ApiResource resource) => new(resource, KubernetesJson.Default.Bare, KubernetesJson.Default.BareList);

    private static ResourceType<ReplicatedObject> Replicated(ApiResource resource) => new(resource, Json.ReplicatedObject, Json.ReplicatedList);
}

/// <summary>An object of any kind, by its metadata alone.</summary>
internal sealed record Bare : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();
}
