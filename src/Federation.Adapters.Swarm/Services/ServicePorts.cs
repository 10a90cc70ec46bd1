using Federation.Domain.Workloads;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Services;

/// <summary>A service's ports. Each task has a network of its own, so that all may listen on the same.</summary>
internal static class ServicePorts
{
    // Above those that need rights, and below the kernel's own for outgoing connections.
    private const int FirstAssigned = 20_000;

    /// <summary>
    /// What the swarm opens on a task's machine: each port that takes connections, for the plane to reach, and of those for datagrams what is published there. Where nothing leads out of its networks, nothing leads in.
    /// </summary>
    public static IReadOnlyList<ServicePort> Of(WorkloadTemplate template)
    {
        if (TemplateNetworks.AreClosed(template)) return [];
        var ports = new List<ServicePort>();
        for (int i = 0; i < (template.Ports?.Count ?? 0); i++)
        {
            PortTemplate port = template.Ports![i];
            int? published = port.Publish == PublishMode.Host ? port.PublishedPort : null;
            if (port.Protocol.Connects() || published is not null)
                ports.Add(new ServicePort { Protocol = port.Protocol.Connects() ? "tcp" : "udp", TargetPort = Inside(template, i), PublishMode = "host", PublishedPort = published });
        }
        return ports;
    }

    /// <summary>The port inside of the template's n-th port.</summary>
    public static int Inside(WorkloadTemplate template, int index) => template.Ports![index].ContainerPort ?? FirstAssigned + index;
}
