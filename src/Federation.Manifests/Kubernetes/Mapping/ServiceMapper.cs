using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Kubernetes.Values;

namespace Federation.Manifests.Kubernetes.Mapping;

/// <summary>Leads Services to the workloads that they select: their ports become the workloads', and their way in from outside a Route.</summary>
internal sealed class ServiceMapper(ManifestSet set, IReadOnlyList<WorkloadMapper> workloads)
{
    private readonly Dictionary<(string Namespace, string Name), Known> _known = [];

    /// <summary>A Service and what it leads to.</summary>
    /// <param name="Workloads">What it selects.</param>
    /// <param name="Ports">Its ports, each with the first workload's.</param>
    internal sealed record Known(IReadOnlyList<WorkloadMapper> Workloads, IReadOnlyList<ServicePort> Ports);

    /// <summary>One port of a Service.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Number">Its number.</param>
    /// <param name="Port">The workload's port that it leads to.</param>
    /// <param name="From">Where it stands.</param>
    internal sealed record ServicePort(string? Name, long Number, WorkloadMapper.Port Port, ManifestView From);

    /// <summary>The Service of that name; null if it is not among the files.</summary>
    public Known? Find(string room, string name) => _known.GetValueOrDefault((room, name));

    public void Map(ManifestObject service)
    {
        ManifestView spec = service.View["spec"], type = spec["type"], selector = spec["selector"];
        if (type.Text is not (null or "ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName")) type.Refuse("the type is ClusterIP, NodePort or LoadBalancer");
        if (type.Text == "ExternalName" || spec["externalName"].IsThere)
        {
            if (!spec["externalName"].IsThere) type.Refuse("no workload stands behind it", "write the host where callers are told of it");
            return;
        }
        if (LabelSelector.OfLabels(selector) is not { IsEmpty: false } read)
        {
            (selector.IsThere ? selector : service.View["spec"]).Refuse("a Service without a selector leads nowhere: its addresses would be written by hand", "write selector: with labels of a workload's template");
            return;
        }
        WorkloadMapper[] meant = [.. workloads.Where(workload => workload.Object.Namespace == service.Namespace && read.Matches(workload.Labels))];
        if (meant.Length == 0)
        {
            selector.Refuse($"it selects no workload of these files ({read})", workloads.Count > 0
                ? $"compare it with the labels of the templates, or apply it together with its workload; there {(workloads.Count == 1 ? "is" : "are")} {string.Join(", ", workloads.Take(10).Select(static workload => workload.Object.Title))}"
                : "selectors are followed within the files that are applied together: name the workload's file with -f, too");
            return;
        }
        if (meant.Length > 1) selector.Warn($"it selects {string.Join(", ", meant.Select(static workload => workload.Object.Title))}: elsewhere than in Kubernetes each is called by its own name");
        var ports = new List<ServicePort>();
        foreach (ManifestView port in spec["ports"].Items)
        {
            foreach (WorkloadMapper workload in meant)
            {
                if (port["port"].Whole is not (>= 1 and <= 65535 and var number))
                {
                    port["port"].Refuse(port["port"].IsThere ? "a Service's port is a number between 1 and 65535" : "the field is required", "write port: NUMBER");
                    break;
                }
                if (workload.PortFor(port["targetPort"], port) is { } found && workload == meant[0]) ports.Add(new(port["name"].Text, number, found, port));
                else if (workload == meant[0]) break;
            }
        }
        if (!spec["ports"].IsThere) spec["ports"].Refuse("the field is required", "write ports: [{ port: NUMBER }]");
        _known[(service.Namespace, service.Name)] = new(meant, ports);
        foreach (WorkloadMapper workload in meant) Tell(service, workload);
        MapAddress(spec, meant);
        if (meant.Length == 1) Rename(service, meant[0], ports);
        MapWayIn(service, type, meant, ports);
    }

    // Kubernetes clusters make the Service that the file means, name, ports and all.
    private static void Tell(ManifestObject service, WorkloadMapper workload)
    {
        JsonObject part = ManifestObject.Part(service.View);
        (part["spec"] as JsonObject)?.Remove("selector");
        workload.Carry($"services.{service.Name}", part, service.View["spec"]);
    }

    private static void MapAddress(ManifestView spec, WorkloadMapper[] meant)
    {
        ManifestView address = spec["clusterIP"];
        if (address.Text == "None")
        {
            foreach (WorkloadMapper workload in meant) workload.Draft.Set("spec.template.container.endpointMode", "dnsrr", address.Place);
        }
        else if (address.Text is { Length: > 0 }) address.Warn("addresses are given by each cluster");
    }

    // Callers inside a cluster know a Service by its own name and port, which elsewhere are those of the workload.
    private static void Rename(ManifestObject service, WorkloadMapper workload, List<ServicePort> ports)
    {
        string own = workload.Draft.Name;
        string[] moved = [.. ports.Where(static port => port.Number != port.Port.Number).Select(static port => string.Create(CultureInfo.InvariantCulture, $"{port.Number} as {port.Port.Number}"))];
        if (own != service.Name) service.View["metadata"]["name"].Warn($"elsewhere than in Kubernetes other workloads call it {own}{(moved.Length > 0 ? $", and port {string.Join(", ", moved)}" : "")}", $"name both alike, or call http://{own}");
        else if (moved.Length > 0) service.View["spec"]["ports"].Warn($"elsewhere than in Kubernetes other workloads call port {string.Join(", ", moved)}", $"http://{own} through the mesh needs no port");
    }

    private void MapWayIn(ManifestObject service, ManifestView type, WorkloadMapper[] meant, List<ServicePort> ports)
    {
        ManifestView host = service.View["metadata"]["annotations"][ManifestSet.HostAnnotation];
        foreach (ServicePort known in ports)
        {
            if (known.From["nodePort"].Whole is > 0 and var open) WorkloadMapper.Publish(known.Port, open);
        }
        foreach (CarriedField field in service.Carried)
        {
            if (field.Field.Detail.Length > 0 && field.View.Text is not ("None" or "Cluster" or "false")) field.View.Warn(WorkloadMapper.CarriedRule(field.Field.Detail));
        }
        if (type.Text is not ("LoadBalancer" or "NodePort") && !host.IsThere) return;
        bool first = true;
        foreach ((_, long number, WorkloadMapper.Port port, ManifestView from) in ports)
        {
            if (!port.IsHttp)
            {
                from.Warn(port.Protocol == "udp" ? "the ingress carries HTTP alone: datagrams are for callers inside a cluster" : $"the ingress carries HTTP alone: port {number.ToString(CultureInfo.InvariantCulture)} is reached inside clusters, and from outside by fedctl port-forward", port.Protocol == "udp" ? null : "if it speaks HTTP, say so: appProtocol: http");
                continue;
            }
            if (meant.Length > 1) from.Refuse("a route leads to one workload, and the Service selects several", "give each a Service of its own, or roll out versions of one workload");
            string suffix = first ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}");
            string name = ManifestSet.NameOf(service.Name + suffix);
            string address = host.Text is { Length: > 0 } given ? given : $"{name}.{service.Namespace}.{ManifestSet.Domain}";
            if (!first && host.IsThere) continue;
            first = false;
            ResourceDraft route = set.Begin("Route", name, service, from);
            set.Label(route, service);
            route.Set("spec.host", address, host.IsThere ? host.Place : from.Place);
            route.Set("spec.workload", meant[0].Draft.Name, from.Place);
            route.Set("spec.port", port.Name, from.Place);
            from.Warn($"it is reached at the ingress as http://{address}/{(type.Text == "NodePort" ? "" : $"; port {number.ToString(CultureInfo.InvariantCulture)} itself is opened by load balancers of Kubernetes clusters alone")}");
        }
    }
}
