using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// A workload that begins by the clock, as a CronJob under the workload's own name: one object for all revisions, which the cluster makes Jobs of. When they begin, how many
/// pods each has and what becomes of those that have ended is carried, as the manifest says it. Pure.
/// </summary>
internal static class CronJobForm
{
    // Its Jobs are named by it and eleven characters more: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec
    private const int LongestName = 52;
    private const string ApiKind = "CronJob", SchedulePath = "object.spec.schedule";

    /// <summary>Whether a template is begun by the clock.</summary>
    public static bool IsFor(WorkloadTemplate template) => template.Container?.Kubernetes?.Kind == ApiKind;

    /// <summary>Makes it; null with the rule that refuses.</summary>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, MaterialForm material, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        string name = order.Workload.Name;
        refusal = name.Length > LongestName ? FormattableString.Invariant($"its name has {name.Length} characters, and a CronJob's has {LongestName} at most")
            : !CarriedFields.Of(template).Any(static field => field.Path == SchedulePath) ? $"it is to be a CronJob and has no schedule: write container.kubernetes.needed[\"{SchedulePath}\"]"
            : null;
        if (refusal is not null) return null;
        // The mark of a Job keeps its pods from being counted as replicas: the CronJob is the replica.
        var labels = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Job] = name, [KubernetesLabels.Workload] = names.Workload(order.Workload) };
        if (PodTemplateForm.TryMake(plane, names, order, labels, material, out refusal) is not { } pod) return null;
        JsonObject marks = (JsonObject)labels.DeepClone(), notes = KubernetesLabels.AnnotationsOf(plane, order);
        var job = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() }, ["spec"] = JobForm.SpecOf(template, pod) };
        PodTemplateForm.Notes(template.Container?.ServiceLabels, marks, notes);
        var body = new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = ApiKind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = marks, ["annotations"] = notes },
            ["spec"] = new JsonObject { ["jobTemplate"] = job },
        };
        refusal = CarriedFields.Lay(template, body, pod, job, material) ?? BesideForm.Violation(template);
        return refusal is null ? body : null;
    }
}
