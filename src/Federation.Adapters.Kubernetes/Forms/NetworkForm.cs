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

    // Asked by the one; where those that tell names listen on another, policies see that one.
    private static readonly int[] NamesPorts = [53, 5353];

    /// <summary>What refuses the template's networks; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        foreach (NetworkAttachment network in Attachments(template))
        {
            if (network.Internal && LabelSyntax.ValueViolation(network.Name) is { } rule) return $"the internal network {network.Name} cannot be a mark of its pods: {rule}";
            if (network.Aliases?.FirstOrDefault(static alias => !BesideForm.IsLabel(alias)) is { } alias)
                return $"the name {alias} in the network {network.Name} cannot be a Service's: that has up to 63 lower-case letters, digits and '-', and begins with a letter";
        }
        // No policy holds for what is in its machine's network.
        return Closed(template).FirstOrDefault() is { } closed && template.Container?.Namespaces?.ContainsKey("network") == true ? $"the network {closed} is internal, and the template is in its machine's own network as well" : null;
    }

    /// <summary>Marks a template's pods.</summary>
    public static void Mark(WorkloadTemplate template, JsonObject labels)
    {
        foreach (string network in Closed(template)) labels[KubernetesLabels.Network(network)] = KubernetesLabels.Selected;
        foreach (string alias in TemplateNetworks.AllNames(template)) labels[KubernetesLabels.Alias(alias)] = KubernetesLabels.Selected;
        if (TemplateNetworks.AreClosed(template)) labels[KubernetesLabels.Closed] = KubernetesLabels.Selected;
    }

    /// <summary>
    /// For each closed network of a workload that is in no other, what may reach its pods there and be reached by them: others in that network, and who tells names. None where one of its networks leads
    /// outside. Each is for the pods that are marked with its network, so that a version in other networks keeps its own beside it.
    /// </summary>
    public static IEnumerable<(string Network, JsonObject Policy)> PoliciesOf(WorkloadTemplate template, string workload)
    {
        if (!TemplateNetworks.AreClosed(template)) yield break;
        foreach (string network in Closed(template))
        {
            (string, string) mark = (KubernetesLabels.Network(network), KubernetesLabels.Selected);
            yield return (network, new JsonObject
            {
                ["podSelector"] = Having((KubernetesLabels.Workload, workload), (KubernetesLabels.Closed, KubernetesLabels.Selected), mark),
                ["policyTypes"] = new JsonArray("Ingress", "Egress"),
                ["ingress"] = new JsonArray(new JsonObject { ["from"] = Others() }),
                ["egress"] = new JsonArray(new JsonObject { ["to"] = Others() }, new JsonObject
                {
                    ["to"] = new JsonArray(new JsonObject { ["namespaceSelector"] = new JsonObject() }, new JsonObject { ["ipBlock"] = new JsonObject { ["cidr"] = NamesOnTheNode } }),
                    ["ports"] = new JsonArray([.. NamesPorts.SelectMany(static port => new[] { "UDP", "TCP" }.Select(protocol => new JsonObject { ["port"] = port, ["protocol"] = protocol }))]),
                }),
            });

            JsonArray Others() => [new JsonObject { ["podSelector"] = Having(mark) }];
        }
    }

    private static IReadOnlyList<NetworkAttachment> Attachments(WorkloadTemplate template) => template.Container?.Networks ?? [];

    private static IEnumerable<string> Closed(WorkloadTemplate template) => Attachments(template).Where(static network => network.Internal).Select(static network => network.Name).Distinct(StringComparer.Ordinal);

    private static JsonObject Having(params (string Key, string Value)[] labels) => new() { ["matchLabels"] = new JsonObject(labels.Select(static label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value))) };
}
