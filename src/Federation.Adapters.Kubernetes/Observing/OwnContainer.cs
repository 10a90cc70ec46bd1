using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>
/// Which container of a pod runs what was ordered. Its place says nothing, for admission puts sidecars before it, nor does its name alone, for manifests give it another. Pure.
/// </summary>
internal static class OwnContainer
{
    /// <summary>That container, as the pod has it; null where the pod has none.</summary>
    public static ContainerForm? Of(Pod pod)
    {
        IReadOnlyList<ContainerForm> all = pod.Spec.Containers ?? [];
        return all.FirstOrDefault(static container => container.IsOurs) ?? all.FirstOrDefault(static container => container.Name == PodTemplateForm.Container) ?? all.FirstOrDefault();
    }
}
