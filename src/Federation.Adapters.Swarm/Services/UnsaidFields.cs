using Federation.Adapters.Rendering;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Swarm.Services;

/// <summary>What of a template that may run on a swarm no service of the swarm says: it changes nothing of what the program may do. Pure.</summary>
internal static class UnsaidFields
{
    private const string Container = "spec.template.container";

    /// <summary>The fields that say something, each with its reason.</summary>
    public static IEnumerable<FieldNote> Of(WorkloadSpec spec)
    {
        foreach (FieldNote note in PlaneFields.Of(spec)) yield return note;
        WorkloadTemplate template = spec.Template;
        if (template.ImagePullSecrets is { Count: > 0 }) yield return new FieldNote("spec.template.imagePullSecrets", "the logins stand in a header of the request, and are not shown");
        if (template.Annotations is { Count: > 0 }) yield return new FieldNote("spec.template.annotations", "a swarm has labels alone");
        if (template.Restart.BackoffSeconds < ServiceForm.LeastPauseSeconds && template.Restart.BackoffSeconds != new RestartPolicy().BackoffSeconds)
            yield return new FieldNote("spec.template.restart.backoffSeconds", FormattableString.Invariant($"a swarm's pause between two starts does not grow: it is {ServiceForm.LeastPauseSeconds} s at least"));
        if (template.Restart.MaxBackoffSeconds != new RestartPolicy().MaxBackoffSeconds) yield return new FieldNote("spec.template.restart.maxBackoffSeconds", "a swarm's pause between two starts does not grow");
        for (int i = 0; i < (template.Ports?.Count ?? 0); i++)
        {
            if (template.Ports![i].PublishedAddress is not null) yield return new FieldNote(FormattableString.Invariant($"spec.template.ports[{i}].publishedAddress"), "a swarm opens a port on all addresses of a machine");
        }
        if (template.Volumes is { Count: > 0 })
            yield return new FieldNote("spec.template.volumes", "they lie on one machine, which the agent chooses among those that are there and keeps in the swarm: the term node.id==MACHINE is added to those of the service");
        if (template.Container is not { } container) yield break;
        if (container.Networks is { } networks && networks.Any(static network => network.IsShared)) yield return new FieldNote($"{Container}.networks", "those that are like any other are one: the workloads of a namespace share it");
        for (int i = 0; i < (container.Binds?.Count ?? 0); i++)
        {
            if (container.Binds![i].Create) yield return new FieldNote(FormattableString.Invariant($"{Container}.binds[{i}].create"), "older engines do not hand it on to a swarm's machines, which then make no folder: it has to be there");
        }
        if (container.Isolation is not null) yield return new FieldNote($"{Container}.isolation", "it is for Windows alone");
        if (container.Kubernetes?.Kind is not null) yield return new FieldNote($"{Container}.kubernetes.kind", "it is for Kubernetes clusters alone");
        foreach (string path in (container.Kubernetes?.Extra ?? new Dictionary<string, string>()).Keys.Where(static path => path != "container.name").Order(StringComparer.Ordinal))
            yield return new FieldNote($"{Container}.kubernetes.extra[\"{path}\"]", "it is for Kubernetes clusters alone");
    }
}
