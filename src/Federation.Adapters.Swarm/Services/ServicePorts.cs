using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>Which port a replica listens on inside its container. Each task has a network of its own, so that all may listen on the same.</summary>
internal static class ServicePorts
{
    // Above those that need rights, and below the kernel's own for outgoing connections.
    private const int FirstAssigned = 20_000;

    /// <summary>The port inside of the template's n-th port.</summary>
    public static int Inside(WorkloadTemplate template, int index) => template.Ports![index].ContainerPort ?? FirstAssigned + index;
}
