using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Rendering;

/// <summary>What the planner's capability rule keeps off every cluster that offers no more than its kind does. Pure.</summary>
public static class MissingCapabilities
{
    /// <summary>Each need that is not offered, by the fields that ask for it.</summary>
    /// <param name="spec">The workload.</param>
    /// <param name="offered">What the agents of such clusters offer.</param>
    /// <param name="kind">The kind of cluster in words: <c>a swarm</c>.</param>
    public static IEnumerable<FieldNote> Of(WorkloadSpec spec, IReadOnlyList<string> offered, string kind)
    {
        if (spec.Template.Image is null) yield return new FieldNote("spec.template.image", $"the template has no image, and {kind} runs containers alone");
        if (spec.Singleton && !offered.Contains(Capability.Fencing))
            yield return new FieldNote("spec.singleton", $"{kind} lacks the capability {Capability.Fencing}: it stops nothing by itself when it is cut off");
        foreach (string capability in ContainerNeeds.Of(spec.Template))
        {
            if (offered.Contains(capability)) continue;
            if (capability == Capability.JobVolumes)
                yield return new FieldNote(ContainerNeeds.Fields[capability], $"{kind} lacks the capability {capability}: what runs to its end (restart condition onFailure or never; on-failure in a Compose file) has no volumes there, and what is always started again has");
            else if (capability != Capability.KubernetesFields) yield return new FieldNote(ContainerNeeds.Fields[capability], $"{kind} lacks the capability {capability}");
            else
            {
                foreach (string path in (spec.Template.Container?.Kubernetes?.Needed ?? new Dictionary<string, string>()).Keys.Order(StringComparer.Ordinal))
                    yield return new FieldNote($"{ContainerNeeds.Fields[capability]}[\"{path}\"]", $"{kind} lacks the capability {capability}: it is for Kubernetes clusters alone");
            }
        }
    }
}
