using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>One revision of a workload as a Deployment: only what is ours, for a server-side apply. Pure.</summary>
internal static class DeploymentForm
{
    /// <summary>What refuses the template on any Kubernetes; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        // A Job that the plane took before it had a rule against that, or a kind that is newer than this agent.
        if (template.Container?.Kubernetes?.Kind is { } kind and not ("Deployment" or "DaemonSet")) return $"it is to be a {kind}, and it is started again after every end: that is not made here, Deployments and StatefulSets are";
        return template.Volumes is { Count: > 0 } ? "a Deployment may begin a second pod while the first runs on, on a node that is lost, and both would write to its volumes: leave kubernetes.kind out, or write StatefulSet" : null;
    }

    /// <summary>Makes the Deployment; null with the rule that refuses.</summary>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, MaterialForm material, int replicas, out string? refusal)
    {
        if ((refusal = Violation(order.Template)) is not null) return null;
        string name = names.Deployment(order.Id, order.Revision, order.Workload);
        var labels = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Deployment] = name, [KubernetesLabels.Workload] = names.Workload(order.Workload) };
        if (PodTemplateForm.TryMake(plane, names, order, labels, material, out refusal) is not { } template) return null;
        JsonObject marks = (JsonObject)labels.DeepClone(), notes = KubernetesLabels.AnnotationsOf(plane, order);
        PodTemplateForm.Notes(order.Template.Container?.ServiceLabels, marks, notes);
        bool crowded = ContainerNeeds.MostOnOneMachine(order.Template) is not null;
        var body = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = marks, ["annotations"] = notes },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["revisionHistoryLimit"] = 1,
                ["progressDeadlineSeconds"] = 600,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [KubernetesLabels.Deployment] = name } },
                // Both are said: what a server fills in would stand in the way of another strategy for ever. On nodes that hold one pod each, the new has no room beside the old.
                ["strategy"] = new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxSurge"] = crowded ? 0 : 1, ["maxUnavailable"] = crowded ? 1 : 0 } },
                ["template"] = template,
            },
        };
        refusal = CarriedFields.Lay(order.Template, body, template, null, material) ?? BesideForm.Violation(order.Template);
        return refusal is null ? body : null;
    }
}
