using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// A workload as a StatefulSet, where it asks for one or has volumes: of two pods of one name the cluster lets the second begin only when the first is known to be gone,
/// so that a volume has one writer for each number. One object serves all revisions, under the workload's own name. Pure.
/// </summary>
internal static class StatefulSetForm
{
    // Its pods are labelled with its name and a hash behind it, and a label has 63 characters.
    private const int LongestName = 52;

    /// <summary>Whether a template's pods are those of a StatefulSet.</summary>
    public static bool IsFor(WorkloadTemplate template) => template.Container?.Kubernetes?.Kind is { } kind ? kind == "StatefulSet" : template.Volumes is { Count: > 0 };

    /// <summary>Makes it; null with the rule that refuses.</summary>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, MaterialForm material, int replicas, out string? refusal)
    {
        string name = order.Workload.Name;
        refusal = name.Length > LongestName ? $"its name has {name.Length} characters, and pods of a StatefulSet can have {LongestName}" : null;
        if (refusal is not null) return null;
        var labels = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Deployment] = name, [KubernetesLabels.Workload] = names.Workload(order.Workload) };
        if (PodTemplateForm.TryMake(plane, names, order, labels, material, out refusal) is not { } template) return null;
        JsonObject marks = (JsonObject)labels.DeepClone(), notes = KubernetesLabels.AnnotationsOf(plane, order);
        PodTemplateForm.Notes(order.Template.Container?.ServiceLabels, marks, notes);
        var spec = new JsonObject
        {
            ["replicas"] = replicas,
            ["revisionHistoryLimit"] = 1,
            ["serviceName"] = name,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Deployment] = name } },
            // Which pod is replaced, and when, is the plane's plan.
            ["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" },
            ["template"] = template,
        };
        // Elsewhere replicas start and stop together; who asks for a StatefulSet has its order.
        if (order.Template.Container?.Kubernetes?.Kind is null) spec["podManagementPolicy"] = "Parallel";
        var body = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "StatefulSet",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = marks, ["annotations"] = notes },
            ["spec"] = spec,
        };
        refusal = CarriedFields.Lay(order.Template, body, template, null, material) ?? BesideForm.Violation(order.Template);
        return refusal is null ? body : null;
    }
}
