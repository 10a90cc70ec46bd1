using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>A pod with what it holds of its node, worked out once: there may be ten thousand, and few of them are new.</summary>
internal readonly record struct SeenPod(Pod Pod, ResourceAmount Needs)
{
    public static SeenPod Of(Pod pod) => new(pod, PodNeeds.Of(pod));
}
