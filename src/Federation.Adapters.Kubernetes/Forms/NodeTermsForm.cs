using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>Terms about nodes, which a template writes as a swarm does, in the words of Kubernetes. Pure.</summary>
internal static class NodeTermsForm
{
    private const string Label = "node.labels.";
    private const string Hostname = "kubernetes.io/hostname";

    /// <summary>Lays them into the specification of a pod; the rule that refuses, or null.</summary>
    /// <param name="template">Says them.</param>
    /// <param name="workload">The mark of the workload's pods.</param>
    /// <param name="spec">Where they are laid.</param>
    public static string? Lay(WorkloadTemplate template, string workload, JsonObject spec)
    {
        NodePlacement? nodes = template.Container?.Nodes;
        var affinity = new JsonObject();
        var terms = new JsonArray();
        foreach (string constraint in nodes?.Constraints ?? [])
        {
            if (TermOf(constraint, out string? refusal) is not { } term) return refusal;
            terms.Add((JsonNode)term);
        }
        if (terms.Count > 0)
        {
            affinity["nodeAffinity"] = new JsonObject
            {
                ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject { ["nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchExpressions"] = terms }) },
            };
        }
        if (ContainerNeeds.MostOnOneMachine(template) is { } most)
        {
            if (most != 1) return $"at most {most} replicas are to run on a node; Kubernetes can hold one, or any number";
            affinity["podAntiAffinity"] = new JsonObject { ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject { ["topologyKey"] = Hostname, ["labelSelector"] = Own(workload) }) };
        }
        if (affinity.Count > 0) spec["affinity"] = affinity;
        var spread = new JsonArray();
        foreach (string over in nodes?.Spread ?? [])
        {
            if (KeyOf(over) is not { } key) return $"replicas are to be spread over {over}, which Kubernetes does not know: write node.labels.NAME";
            spread.Add((JsonNode)new JsonObject { ["maxSkew"] = 1, ["topologyKey"] = key, ["whenUnsatisfiable"] = "ScheduleAnyway", ["labelSelector"] = Own(workload) });
        }
        if (spread.Count > 0) spec["topologySpreadConstraints"] = spread;
        return null;
    }

    private static JsonObject Own(string workload) => new() { ["matchLabels"] = new JsonObject { [KubernetesLabels.Workload] = workload } };

    private static JsonObject? TermOf(string constraint, out string? refusal)
    {
        int at = constraint.IndexOf("==", StringComparison.Ordinal);
        bool equal = at >= 0;
        if (!equal) at = constraint.IndexOf("!=", StringComparison.Ordinal);
        refusal = null;
        if (at < 0)
        {
            refusal = $"the term '{constraint}' is neither KEY == VALUE nor KEY != VALUE";
            return null;
        }
        string key = constraint[..at].Trim(), value = constraint[(at + 2)..].Trim();
        // Managers are what Kubernetes calls the control plane, by a label without a value.
        if (key == "node.role") return new JsonObject { ["key"] = "node-role.kubernetes.io/control-plane", ["operator"] = value == "manager" == equal ? "Exists" : "DoesNotExist" };
        if (KeyOf(key) is not { } label)
        {
            refusal = $"the term '{constraint}' is about {key}, which Kubernetes does not know: node.labels.NAME, node.hostname, node.role and node.platform are";
            return null;
        }
        return new JsonObject { ["key"] = label, ["operator"] = equal ? "In" : "NotIn", ["values"] = new JsonArray(key == "node.platform.arch" ? Architecture(value) : value) };
    }

    private static string? KeyOf(string key) => key switch
    {
        "node.hostname" => Hostname,
        "node.platform.os" => "kubernetes.io/os",
        "node.platform.arch" => "kubernetes.io/arch",
        _ when key.StartsWith(Label, StringComparison.Ordinal) && key.Length > Label.Length => key[Label.Length..],
        _ => null,
    };

    private static string Architecture(string value) => value switch
    {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        _ => value,
    };
}
