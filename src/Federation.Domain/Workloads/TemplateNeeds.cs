using Federation.Domain.Observation;

namespace Federation.Domain.Workloads;

/// <summary>What a template needs of the agent that runs it, in whatever form: the planner places by it, and the agent itself starts nothing without it.</summary>
public static class TemplateNeeds
{
    /// <summary>What is needed and not offered. What may run as a process or as a container runs as a process. That an agent runs neither form it says itself.</summary>
    /// <param name="template">What is to run.</param>
    /// <param name="singleton">Whether it is to have one holder at a time.</param>
    /// <param name="offered">Capabilities, by their names.</param>
    public static IReadOnlyList<string> MissingIn(WorkloadTemplate template, bool singleton, IReadOnlyCollection<string> offered)
    {
        List<string>? missing = null;
        if (template.Resources?.MemoryLimit is not null) Ask(Capability.MemoryLimit);
        if (template.Resources?.CpuLimit is not null) Ask(Capability.CpuLimit);
        if (template.Volumes is { Count: > 0 }) Ask(Capability.Volumes);
        if (singleton) Ask(Capability.Fencing);
        if (template.Process is null || !offered.Contains(Capability.Process))
        {
            foreach (string need in ContainerNeeds.Of(template)) Ask(need);
        }
        return missing ?? (IReadOnlyList<string>)[];

        void Ask(string capability)
        {
            if (!offered.Contains(capability)) (missing ??= []).Add(capability);
        }
    }
}
