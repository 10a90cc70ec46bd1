using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// One replica of a workload that runs to its end, as a Job of one pod: so each has a name and a fate of its own, and one more or less leaves the others alone. Pure.
/// </summary>
internal static class JobForm
{
    private const string AtOncePath = "job.spec.parallelism", RemovedAfterPath = "job.spec.ttlSecondsAfterFinished", FailurePolicy = "job.spec.podFailurePolicy";

    /// <summary>Whether a template's replicas are Jobs.</summary>
    public static bool IsFor(WorkloadTemplate template) => ContainerNeeds.RunsToAnEnd(template) && !CronJobForm.IsFor(template);

    /// <summary>Whether a carried field is not the Job's to know, since it is the agent that carries it out.</summary>
    public static bool IsCarriedOut(string path) => path is AtOncePath or RemovedAfterPath;

    /// <summary>How many of an order's Jobs run at once; null for all of them.</summary>
    public static int? AtOnce(WorkloadTemplate template) => NumberAt(template, AtOncePath);

    /// <summary>
    /// When the cluster removes a Job after its end, in seconds; null for never. The Job is told of it when the plane knows that all have ended, for one that is gone before
    /// would look as if it had never run.
    /// </summary>
    public static int? RemovedAfter(WorkloadTemplate template) => NumberAt(template, RemovedAfterPath);

    /// <summary>What refuses the template on any Kubernetes; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        if (template.Container?.Kubernetes?.Kind is { } kind and not "Job") return $"it is to be a {kind}, and it ends by design: that is not made here, Jobs are";
        if (ContainerNeeds.Of(template).Contains(Capability.NumberedJobs)) return "its pods are to have numbers (completionMode Indexed), which Jobs of one pod have not";
        return template.Volumes is { Count: > 0 } ? "it has volumes, and a Job may begin a second pod while the first runs on, on a node that is lost: both would write to them" : null;
    }

    /// <summary>Makes it; null with the rule that refuses.</summary>
    public static JsonObject? TryMake(string plane, KubernetesNames names, Assignment order, MaterialForm material, int ordinal, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        if ((refusal = Violation(template)) is not null) return null;
        string name = names.Job(order.Id, order.Revision, order.Workload, ordinal);
        var labels = new JsonObject { [KubernetesLabels.Owner] = names.Owner(), [KubernetesLabels.Job] = name, [KubernetesLabels.Workload] = names.Workload(order.Workload) };
        if (PodTemplateForm.TryMake(plane, names, order, labels, material, out refusal) is not { } pod) return null;
        NameReplica(pod);
        JsonObject marks = (JsonObject)labels.DeepClone(), notes = KubernetesLabels.AnnotationsOf(plane, order);
        notes[KubernetesLabels.Ordinal] = ordinal.ToString(CultureInfo.InvariantCulture);
        notes[KubernetesLabels.Form] = PodForm.Of(template).ToText();
        PodTemplateForm.Notes(template.Container?.ServiceLabels, marks, notes);
        JsonObject spec = SpecOf(template, pod);
        (spec["parallelism"], spec["completions"]) = (1, 1);
        var body = new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), ["labels"] = marks, ["annotations"] = notes },
            ["spec"] = spec,
        };
        refusal = CarriedFields.Lay(template, body, pod, body, material) ?? BesideForm.Violation(template);
        return refusal is null ? body : null;
    }

    /// <summary>How often the pods of a Job are tried again, and by whom.</summary>
    /// <param name="template">Says it.</param>
    /// <param name="pod">The template of its pods, which is told too.</param>
    public static JsonObject SpecOf(WorkloadTemplate template, JsonObject pod)
    {
        // With a limit each failure leaves its pod, as what it was; without one, or they would pile up, the same pod goes on.
        bool limited = template.Restart is { Condition: RestartCondition.Never } or { MaxAttempts: > 0, WindowSeconds: null } || CarriedFields.Of(template).Any(static field => field.Path.StartsWith(FailurePolicy, StringComparison.Ordinal));
        pod["spec"]!["restartPolicy"] = limited ? "Never" : "OnFailure";
        return new JsonObject
        {
            // The usual six would give up what others try for ever.
            ["backoffLimit"] = template.Restart switch { { Condition: RestartCondition.Never } => 0, { MaxAttempts: > 0 and var most, WindowSeconds: null } => most, _ => int.MaxValue },
            ["template"] = pod,
        };
    }

    // The replica is the Job, whose pods may follow one another; the cluster tells them its uid by this label.
    private static void NameReplica(JsonObject pod)
    {
        foreach (JsonNode? variable in (JsonArray)pod["spec"]!["containers"]![0]!["env"]!)
            if ((string?)variable!["name"] == OwnVariable.Name && variable["valueFrom"]?["fieldRef"] is JsonObject from) from["fieldPath"] = "metadata.labels['controller-uid']";
    }

    private static int? NumberAt(WorkloadTemplate template, string path) =>
        CarriedFields.Of(template).FirstOrDefault(field => field.Path == path) is { Text: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
