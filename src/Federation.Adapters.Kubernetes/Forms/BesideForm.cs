using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// What stands beside a workload's pods: the Service by which others of its namespace find it, the Services that its manifests have declared, and their network policies.
/// Whom they are for is ours to say: selectors and names are the plane's. Pure.
/// </summary>
internal static class BesideForm
{
    private const string ServicePart = "services.";
    private const string PolicyPart = "policies.";

    // Addresses are the cluster's to give, and traffic of others is nobody's to take.
    private static readonly string[] OfTheCluster = ["selector", "clusterIPs", "externalIPs", "externalName"];

    /// <summary>The names of the Services that manifests have declared for the template.</summary>
    public static IEnumerable<string> ServicesOf(WorkloadTemplate template) => CarriedFields.Of(template).Where(static field => field.Path.StartsWith(ServicePart, StringComparison.Ordinal)).Select(static field => field.Path[ServicePart.Length..]);

    /// <summary>What refuses the template's Services, policies and claims; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        foreach ((string path, string text) in CarriedFields.Of(template))
        {
            bool service = path.StartsWith(ServicePart, StringComparison.Ordinal);
            if (!service && !path.StartsWith(PolicyPart, StringComparison.Ordinal) && !path.StartsWith(ClaimForm.Part, StringComparison.Ordinal)) continue;
            string name = path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..];
            if (service && !IsLabel(name)) return $"container.kubernetes has {path}: a Service's name has up to 63 lower-case letters, digits and '-', and begins with a letter";
            if (CarriedFields.ValueOf(text) is not JsonObject part || part.Any(static member => member.Value is not JsonObject || member.Key is not ("metadata" or "spec"))) return $"container.kubernetes has {path}: it is made of metadata and spec";
            if (path.StartsWith(ClaimForm.Part, StringComparison.Ordinal) && template.Volumes?.Any(volume => volume.Name == name) != true) return $"container.kubernetes has {path}: the template has no volume of that name";
            foreach ((string member, JsonNode? value) in part["metadata"] as JsonObject ?? [])
            {
                if (member is not ("labels" or "annotations") || value is not JsonObject notes) return $"container.kubernetes has {path}: of its metadata.{member} the plane alone says anything; labels and annotations are free";
                if (notes.FirstOrDefault(static note => KubernetesLabels.IsOurs(note.Key)).Key is { } ours) return $"container.kubernetes has {path}: {ours} is a mark of the plane's own";
            }
            if (service && part["spec"]?["type"] is { } type && (string?)type is not ("ClusterIP" or "NodePort" or "LoadBalancer")) return $"container.kubernetes has {path}: a Service of the type {type} leads to no pods";
        }
        return NetworkForm.Violation(template);
    }

    /// <summary>
    /// The Services: first those that were declared, then the plane's own under the workload's name, if none of them has it, then one for each further name that it has in a network. These have no
    /// address: their names lead to the ready pods.
    /// </summary>
    public static IEnumerable<JsonObject> Services(KubernetesNames names, Assignment order)
    {
        string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        bool named = false;
        foreach ((string path, string text) in CarriedFields.Of(order.Template))
        {
            if (!path.StartsWith(ServicePart, StringComparison.Ordinal)) continue;
            string name = path[ServicePart.Length..];
            named |= name == order.Workload.Name;
            var spec = CarriedFields.ValueOf(text)!["spec"]?.DeepClone() as JsonObject ?? [];
            foreach (string member in OfTheCluster) spec.Remove(member);
            if ((string?)spec["clusterIP"] is not "None") spec.Remove("clusterIP");
            spec["selector"] = new JsonObject { [KubernetesLabels.Service(name)] = KubernetesLabels.Selected };
            yield return Object(ApiResource.Services, name, space, Marks(names, order.Workload, text, alone: false), text, spec);
        }
        PodForm form = PodForm.Of(order.Template);
        if (!named && form.Ports.Count > 0)
        {
            yield return Object(ApiResource.Services, order.Workload.Name, space, Marks(names, order.Workload, null, alone: true), null, new JsonObject
            {
                ["clusterIP"] = "None",
                ["selector"] = new JsonObject { [KubernetesLabels.Workload] = names.Workload(order.Workload) },
                ["ports"] = new JsonArray([.. form.Ports.DistinctBy(static port => (port.Number, port.Protocol == PortProtocol.Udp)).Select(static port => new JsonObject
                {
                    ["name"] = port.Name,
                    ["port"] = port.Number,
                    ["protocol"] = port.Protocol == PortProtocol.Udp ? "UDP" : "TCP",
                    ["targetPort"] = port.Number,
                })]),
            });
        }
        foreach (string alias in TemplateNetworks.AllNames(order.Template))
        {
            if (alias == order.Workload.Name) continue;
            yield return Object(ApiResource.Services, alias, space, Marks(names, order.Workload, null, alone: false), null, new JsonObject
            {
                ["clusterIP"] = "None",
                ["selector"] = new JsonObject { [KubernetesLabels.Alias(alias)] = KubernetesLabels.Selected },
            });
        }
    }

    /// <summary>Which of two Services of one name goes before the other, the lower: what a manifest has declared, what a workload has by itself, a further name in a network.</summary>
    public static int RankOf(JsonObject service)
    {
        var selector = (JsonObject)service["spec"]!["selector"]!;
        return selector.ContainsKey(KubernetesLabels.Workload) ? 1 : selector.ContainsKey(KubernetesLabels.Alias((string)service["metadata"]!["name"]!)) ? 2 : 0;
    }

    /// <summary>The network policies: of networks that are closed, and those that were declared, for the workload's pods alone.</summary>
    public static IEnumerable<JsonObject> Policies(KubernetesNames names, Assignment order)
    {
        foreach ((string network, JsonObject closed) in NetworkForm.PoliciesOf(order.Template, names.Workload(order.Workload)))
            yield return Object(ApiResource.NetworkPolicies, names.Beside(order.Workload, "network", network), names.Namespace(order.Workload.Tenant, order.Workload.Namespace), Marks(names, order.Workload, null, alone: true), null, closed);
        foreach ((string path, string text) in CarriedFields.Of(order.Template))
        {
            if (!path.StartsWith(PolicyPart, StringComparison.Ordinal)) continue;
            var spec = CarriedFields.ValueOf(text)!["spec"]?.DeepClone() as JsonObject ?? [];
            spec["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [KubernetesLabels.Workload] = names.Workload(order.Workload) } };
            yield return Object(ApiResource.NetworkPolicies, names.Beside(order.Workload, "policy", path[PolicyPart.Length..]), names.Namespace(order.Workload.Tenant, order.Workload.Namespace), Marks(names, order.Workload, text, alone: true), text, spec);
        }
    }

    // What is for several workloads carries the mark of none.
    private static JsonObject Marks(KubernetesNames names, Domain.Identifiers.WorkloadKey workload, string? part, bool alone)
    {
        var labels = new JsonObject { [KubernetesLabels.Owner] = names.Owner() };
        if (alone) labels[KubernetesLabels.Workload] = names.Workload(workload);
        if (part is not null)
            foreach ((string key, JsonNode? value) in CarriedFields.ValueOf(part)!["metadata"]?["labels"] as JsonObject ?? []) labels[key] = value?.DeepClone();
        return labels;
    }

    private static JsonObject Object(ApiResource resource, string name, string space, JsonObject labels, string? part, JsonObject spec)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = space, ["labels"] = labels };
        if (part is not null && CarriedFields.ValueOf(part)!["metadata"]?["annotations"] is JsonObject notes) metadata["annotations"] = notes.DeepClone();
        return new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = metadata, ["spec"] = spec };
    }

    /// <summary>Whether a Service may have the name.</summary>
    public static bool IsLabel(string name) => name.Length is > 0 and <= 63 && char.IsAsciiLetterLower(name[0]) && name[^1] != '-' && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
