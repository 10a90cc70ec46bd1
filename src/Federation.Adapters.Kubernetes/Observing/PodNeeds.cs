using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>What a pod holds of its node, as a scheduler counts it. Pure.</summary>
internal static class PodNeeds
{
    /// <summary>Whether it holds anything: what has ended holds nothing, what is on its way out still does.</summary>
    public static bool Holds(Pod pod) => pod.Spec.NodeName is not null && pod.Status.Phase is not ("Succeeded" or "Failed");

    /// <summary>
    /// The sum over its containers and the init containers that stay, or what the hungriest step of its initialization needs beside those that stay by then, whichever is
    /// more; and the overhead of its runtime.
    /// </summary>
    public static ResourceAmount Of(Pod pod)
    {
        ResourceAmount staying = default, peak = default;
        foreach (ContainerForm init in pod.Spec.InitContainers ?? [])
        {
            ResourceAmount needs = Quantity.Amount(init.Resources?.Requests, up: true);
            if (init.RestartPolicy == "Always") staying = Sum(staying, needs);
            peak = Most(peak, init.RestartPolicy == "Always" ? staying : Sum(staying, needs));
        }
        ResourceAmount running = staying;
        foreach (ContainerForm container in pod.Spec.Containers ?? []) running = Sum(running, Quantity.Amount(container.Resources?.Requests, up: true));
        return Sum(Most(running, peak), Quantity.Amount(pod.Spec.Overhead, up: true));
    }

    /// <summary>Both together.</summary>
    public static ResourceAmount Sum(ResourceAmount a, ResourceAmount b) => new(new CpuMillis(a.Cpu.Value + b.Cpu.Value), new MemoryBytes(a.Memory.Value + b.Memory.Value));

    private static ResourceAmount Most(ResourceAmount a, ResourceAmount b) => new(new CpuMillis(Math.Max(a.Cpu.Value, b.Cpu.Value)), new MemoryBytes(Math.Max(a.Memory.Value, b.Memory.Value)));
}
