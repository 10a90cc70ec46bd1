using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Engine.Networks;

namespace Federation.Adapters.Swarm.Services;

/// <summary>The overlay network in which the workloads of a namespace find each other by name. Pure.</summary>
internal static class NetworkForm
{
    /// <summary>Makes that of an order's namespace.</summary>
    public static NetworkSpec Make(string plane, SwarmNames names, Assignment order) => new()
    {
        Name = names.Network(order.Workload.Tenant, order.Workload.Namespace),
        Driver = "overlay",
        Labels = SwarmLabels.Of(plane, order.Cluster, order.Workload.Tenant, order.Workload.Namespace),
    };
}
