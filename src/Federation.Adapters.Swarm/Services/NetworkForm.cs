using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Services;

/// <summary>
/// The overlay networks that an order's tasks are in. Workloads of a namespace share one, in which they find each other by name; those that name a network which is not like any other are in that
/// network. Pure.
/// </summary>
internal static class NetworkForm
{
    /// <summary>The networks that must be there for an order, by their names in the swarm.</summary>
    public static IReadOnlyList<NetworkSpec> Make(string plane, SwarmNames names, Assignment order)
    {
        SortedDictionary<string, string> labels = SwarmLabels.Of(plane, order.Cluster, order.Workload.Tenant, order.Workload.Namespace);
        var specs = new List<NetworkSpec>();
        if (TemplateNetworks.ShareOne(order.Template)) specs.Add(new NetworkSpec { Name = names.Network(order.Workload.Tenant, order.Workload.Namespace), Driver = "overlay", Labels = labels });
        foreach (NetworkAttachment own in TemplateNetworks.Own(order.Template))
        {
            specs.Add(new NetworkSpec
            {
                Name = names.Network(order.Workload.Tenant, order.Workload.Namespace, own.Name),
                Driver = "overlay",
                Options = own.DriverOptions is { Count: > 0 } ? own.DriverOptions : null,
                Internal = own.Internal ? true : null,
                Attachable = own.Attachable ? true : null,
                EnableIPv6 = own.Ipv6 ? true : null,
                IPAM = own.Ranges is { Count: > 0 } ranges
                    ? new AddressManagement([.. ranges.Select(static range => new Engine.Networks.AddressRange(range.Subnet, range.Gateway) { Pool = range.Pool, Reserved = range.Reserved })]) { Driver = own.AddressDriver, Options = own.AddressOptions }
                    : null,
                Labels = SwarmLabels.With(labels, own.Labels),
            });
        }
        return specs;
    }

    /// <summary>How an order's tasks are in its networks: each by its name in the swarm, with the names under which the others there find them.</summary>
    public static IReadOnlyList<TaskNetwork> Joined(SwarmNames names, Assignment order)
    {
        WorkloadTemplate template = order.Template;
        string name = order.Workload.Name;
        var joined = new List<TaskNetwork>();
        if (TemplateNetworks.ShareOne(template))
            joined.Add(new TaskNetwork(names.Network(order.Workload.Tenant, order.Workload.Namespace), Named(name, TemplateNetworks.SharedNames(template))));
        foreach (NetworkAttachment own in TemplateNetworks.Own(template)) joined.Add(new TaskNetwork(names.Network(order.Workload.Tenant, order.Workload.Namespace, own.Name), Named(name, own.Aliases ?? [])));
        foreach (NetworkAttachment foreign in TemplateNetworks.Foreign(template)) joined.Add(new TaskNetwork(foreign.Name, Named(name, foreign.Aliases ?? [])));
        return joined;
    }

    private static string[] Named(string workload, IEnumerable<string> aliases) => [.. aliases.Prepend(workload).Distinct(StringComparer.Ordinal)];
}
