using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// Networks of workloads in a cluster that has one alone: the pods are marked with those that they are in, what is in closed ones alone has a policy by which only who is marked alike reaches it, and a
/// further name is a Service. Whether policies are kept is up to the cluster's own network. Pure.
/// </summary>
internal static class NetworkForm
{
    // Where a cluster's names are asked for on the node itself: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
    private const string NamesOnTheNode = "169.254.20.10/32";
    private const int NamesPort = 53;

    /// <summary>What refuses the template's networks; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        foreach (NetworkAttachment network in Attachments(template))
        {
            if (network.Internal && LabelSyntax.ValueViolation(network.Name) is { } rule) return $"the internal network {network.Name} cannot be a mark of its pods: {rule}";
            if (network.Aliases?.FirstOrDefault(static alias => !BesideForm.IsLabel(alias)) is { } alias)
                return $"the name {alias} in the network {network.Name} cannot be a Service's: that has up to 63 lower-case letters, digits and '-', and begins with a letter";
        }
        return null;
    }

    /// <summary>Marks a template's pods.</summary>
    public static void Mark(WorkloadTemplate template, JsonObject labels)
    {
        foreach (string network in Closed(template)) labels[KubernetesLabels.Network(network)] = KubernetesLabels.Selected;
        foreach (string alias in TemplateNetworks.AllNames(template)) labels[KubernetesLabels.Alias(alias)] = KubernetesLabels.Selected;
        if (TemplateNetworks.AreClosed(template)) labels[KubernetesLabels.Closed] = KubernetesLabels.Selected;
    }

    /// <summary>What may reach the pods of a workload in closed networks alone, and be reached by them: others in these, and who tells names. Null where one of its networks leads outside.</summary>
    public static JsonObject? PolicyOf(WorkloadTemplate template, string workload)
    {
        if (!TemplateNetworks.AreClosed(template)) return null;
        return new JsonObject
        {
            // By the mark of its pods: those of a version that is in other networks are not meant.
            ["podSelector"] = Having((KubernetesLabels.Workload, workload), (KubernetesLabels.Closed, KubernetesLabels.Selected)),
            ["policyTypes"] = new JsonArray("Ingress", "Egress"),
            ["ingress"] = new JsonArray(new JsonObject { ["from"] = Others() }),
            ["egress"] = new JsonArray(new JsonObject { ["to"] = Others() }, new JsonObject
            {
                ["to"] = new JsonArray(new JsonObject { ["namespaceSelector"] = new JsonObject() }, new JsonObject { ["ipBlock"] = new JsonObject { ["cidr"] = NamesOnTheNode } }),
                ["ports"] = new JsonArray([.. new[] { "UDP", "TCP" }.Select(static protocol => new JsonObject { ["port"] = NamesPort, ["protocol"] = protocol })]),
            }),
        };

        JsonArray Others() => new([.. Closed(template).Select(static network => new JsonObject { ["podSelector"] = Having((KubernetesLabels.Network(network), KubernetesLabels.Selected)) })]);
    }

    private static IReadOnlyList<NetworkAttachment> Attachments(WorkloadTemplate template) => template.Container?.Networks ?? [];

    private static IEnumerable<string> Closed(WorkloadTemplate template) => Attachments(template).Where(static network => network.Internal).Select(static network => network.Name).Distinct(StringComparer.Ordinal);

    private static JsonObject Having(params (string Key, string Value)[] labels) => new() { ["matchLabels"] = new JsonObject(labels.Select(static label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value))) };
}
