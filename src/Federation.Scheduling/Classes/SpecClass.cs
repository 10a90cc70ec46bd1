using Federation.Domain.Policies;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Classes;

/// <summary>What a placement depends on beside the workload's name and number: all workloads of a class are filtered and scored alike, once.</summary>
internal sealed class SpecClass
{
    /// <param name="sample">A workload of the class.</param>
    /// <param name="occurring">The sets of capabilities that slots have.</param>
    public SpecClass(PlannedWorkload sample, IReadOnlyList<Capabilities> occurring)
    {
        Policy = sample.Policy;
        WorkloadTemplate template = sample.Spec.Template;
        Singleton = sample.Spec.Singleton;
        OnEachMachine = Domain.Workloads.ContainerNeeds.RunsOnEachMachine(template);
        Unit = new ReplicaUnit(sample.Reserved);
        Forms = FormsOf(template);
        Needs = NeedsOf(template);
        if (Singleton) Needs |= Capabilities.Fencing;
        ContainerNeeds = CapabilityNames.OfContainer(template);
        if (sample.Fallback is { } fallback) NeedAlso(fallback, occurring);
        Localities = LocalitiesOf(sample.Volumes);
        HasSpread = HasEffect(Policy.Spread);
    }

    public PlacementPolicySpec Policy { get; }

    public ReplicaUnit Unit { get; }

    public bool Singleton { get; }

    /// <summary>Whether it has one replica on each machine that may run it.</summary>
    public bool OnEachMachine { get; }

    /// <summary>The forms the template offers; a slot needs one of them.</summary>
    public Capabilities Forms { get; }

    /// <summary>The capabilities that a slot must have, all of them.</summary>
    public Capabilities Needs { get; private set; }

    /// <summary>The capabilities that a slot must have beside those if it runs the template as a container.</summary>
    public Capabilities ContainerNeeds { get; private set; }

    /// <summary>Clusters that hold the shared volumes, by name; null if none is known.</summary>
    public IReadOnlyList<string>? Localities { get; }

    /// <summary>Whether a spread rule asks for anything.</summary>
    public bool HasSpread { get; }

    /// <summary>How many workloads are of this class.</summary>
    public int Members { get; set; }

    /// <summary>What the filters and scores said, kept while the class has further members to place.</summary>
    public CandidateTable? Candidates { get; set; }

    public static Capabilities FormsOf(WorkloadTemplate template) =>
        (template.Process is null ? Capabilities.None : Capabilities.Process) | (template.Image is null ? Capabilities.None : Capabilities.Image);

    /// <summary>What a slot must enforce for the template, in whatever form it runs.</summary>
    public static Capabilities NeedsOf(WorkloadTemplate template) =>
        (template.Resources?.MemoryLimit is null ? Capabilities.None : Capabilities.MemoryLimit)
        | (template.Resources?.CpuLimit is null ? Capabilities.None : Capabilities.CpuLimit)
        | (template.Volumes is { Count: > 0 } ? Capabilities.Volumes : Capabilities.None);

    /// <summary>What a slot with these capabilities lacks of what the template needs there. What may run as a process or as a container runs as a process.</summary>
    public Capabilities MissingIn(Capabilities has) => (Needs | ((has & Forms & Capabilities.Process) != 0 ? Capabilities.None : ContainerNeeds)) & ~has;

    /// <summary>The clusters of the shared volumes, in the order of the volumes.</summary>
    public static IReadOnlyList<string>? LocalitiesOf(IReadOnlyList<Volume> volumes)
    {
        List<string>? clusters = null;
        for (int i = 0; i < volumes.Count; i++)
        {
            if (volumes[i].Spec.Shared && LocalityOf(volumes[i]) is { } cluster) (clusters ??= []).Add(cluster);
        }
        return clusters;
    }

    public static string? LocalityOf(Volume volume) => volume.Status?.HomeCluster?.Value ?? volume.Spec.Cluster;

    // Where a trial may fail, what it goes back to must run too: its agent would start nothing of it otherwise. Where no slot at all can run both, as when the right that the
    // version before needs was taken away, that is no reason to keep the one that does without it from everywhere.
    private void NeedAlso(WorkloadTemplate fallback, IReadOnlyList<Capabilities> occurring)
    {
        (Capabilities needs, Capabilities containerNeeds) = (Needs, ContainerNeeds);
        (Needs, ContainerNeeds) = (Needs | NeedsOf(fallback), ContainerNeeds | CapabilityNames.OfContainer(fallback));
        if ((Needs, ContainerNeeds) == (needs, containerNeeds)) return;
        for (int i = 0; i < occurring.Count; i++)
        {
            if ((occurring[i] & Forms) != 0 && MissingIn(occurring[i]) == Capabilities.None) return;
        }
        (Needs, ContainerNeeds) = (needs, containerNeeds);
    }

    private static bool HasEffect(IReadOnlyList<SpreadRule>? rules)
    {
        if (rules is null) return false;
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Min > 1 || rules[i].Max is not null) return true;
        }
        return false;
    }
}
