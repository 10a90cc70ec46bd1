using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Rendering;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>What of a template that may run on Kubernetes no object of Kubernetes says: it changes nothing of what the program may do. Pure.</summary>
internal static class UnsaidFields
{
    private const string Container = "spec.template.container";

    /// <summary>The fields that say something, each with its reason.</summary>
    public static IEnumerable<FieldNote> Of(WorkloadSpec spec)
    {
        WorkloadTemplate template = spec.Template;
        bool guards = !JobForm.IsFor(template) && !CronJobForm.IsFor(template);
        foreach (FieldNote note in PlaneFields.Of(spec))
            if (!guards || note.Path != "spec.disruption") yield return note;
        if (template.Container is { Networks.Count: > 0 }) yield return new FieldNote("spec.template.container.networks", "the workloads of a namespace share one network there; who is in internal ones is kept apart by policies, and further names are Services");
        if (template.HealthCheck is { } check && check.StartSeconds != new HealthCheck().StartSeconds)
            yield return new FieldNote("spec.template.healthCheck.startSeconds", "Kubernetes gives a pod up for nothing that its readiness says; the plane gives up a version that does not become ready");
        if (template.Restart is var restart && (restart.BackoffSeconds != new RestartPolicy().BackoffSeconds || restart.MaxBackoffSeconds != new RestartPolicy().MaxBackoffSeconds))
            yield return new FieldNote("spec.template.restart.backoffSeconds, maxBackoffSeconds", "Kubernetes waits ten seconds before it starts a container again, and up to five minutes");
        // Of a Job it is the limit.
        bool limits = ContainerNeeds.RunsToAnEnd(template) && restart is { WindowSeconds: null, Condition: not RestartCondition.Never };
        if (restart.MaxAttempts is not null && !limits) yield return new FieldNote("spec.template.restart.maxAttempts", "Kubernetes starts a container again for ever");
        if (restart.WindowSeconds is not null) yield return new FieldNote("spec.template.restart.windowSeconds", "Kubernetes starts a container again for ever");
        foreach ((string path, _) in CarriedFields.Of(template))
        {
            if (JobForm.IsFor(template) && JobForm.IsCarriedOut(path)) yield return new FieldNote($"{Container}.kubernetes[\"{path}\"]", "the agent carries it out itself, Job by Job");
        }
        for (int i = 0; i < (template.Volumes?.Count ?? 0); i++)
        {
            if (template.Volumes![i].NoCopy) yield return new FieldNote(FormattableString.Invariant($"spec.template.volumes[{i}].noCopy"), "Kubernetes never copies what an image has into a volume");
            if (template.Volumes[i].Driver is not null) yield return new FieldNote(FormattableString.Invariant($"spec.template.volumes[{i}].driver"), "volumes are those of the cluster's storage class");
        }
        foreach (FieldNote note in Left("spec.template.annotations", template.Annotations)) yield return note;
        if (template.Container is not { } container) yield break;
        if (container.Hostname?.Contains('.', StringComparison.Ordinal) == true) yield return new FieldNote($"{Container}.hostname", "a pod's name for itself is its first part alone");
        if (container.Init is not null) yield return new FieldNote($"{Container}.init", "Kubernetes puts no process before the program's");
        if (container.NoHealthCheck) yield return new FieldNote($"{Container}.noHealthCheck", "Kubernetes runs no check of an image");
        if (container.Logging is not null) yield return new FieldNote($"{Container}.logging", "Kubernetes keeps output in files of its own");
        if (container.EndpointMode is not null) yield return new FieldNote($"{Container}.endpointMode", "a Service leads to the ready pods, whose addresses its name gives");
        if (container.Isolation is not null) yield return new FieldNote($"{Container}.isolation", "it is for Windows alone");
        foreach (FieldNote note in Left($"{Container}.labels", container.Labels)) yield return note;
        foreach (FieldNote note in Left($"{Container}.serviceLabels", container.ServiceLabels)) yield return note;
    }

    // PodTemplateForm.Notes passes over these.
    private static IEnumerable<FieldNote> Left(string path, IReadOnlyDictionary<string, string>? notes)
    {
        foreach (string key in (notes ?? new Dictionary<string, string>()).Keys.Order(StringComparer.Ordinal))
        {
            if (LabelSyntax.KeyViolation(key) is { } rule) yield return new FieldNote($"{path}[\"{key}\"]", $"it is no key of Kubernetes: {rule}");
            else if (KubernetesLabels.IsOurs(key)) yield return new FieldNote($"{path}[\"{key}\"]", "it is a mark of the plane's own");
        }
    }
}
