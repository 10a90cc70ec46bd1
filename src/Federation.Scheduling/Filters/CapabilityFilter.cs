using Federation.Domain.Observation;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>
/// The slot runs one of the template's forms and enforces what the template sets. Replicas leave a slot that cannot run any of the forms; the loss of
/// another capability keeps only new ones away.
/// </summary>
internal sealed class CapabilityFilter : PlacementFilter
{
    public override string Name => "capability";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        // Slots share few sets of capabilities, so that each set is judged once.
        foreach ((Capabilities has, SlotSet slots) in snapshot.Conditions.ByCapabilities)
        {
            bool runs = (has & specClass.Forms) != 0;
            if (runs && specClass.MissingIn(has) == Capabilities.None) continue;
            table.Closed.UnionWith(slots);
            if (!runs) table.Evicted.UnionWith(slots);
        }
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        SlotEntry entry = snapshot.Slots[slot];
        if (specClass.Forms == Capabilities.None) return "the template has neither an image nor a process; give it one";
        if ((entry.Capabilities & specClass.Forms) == 0)
            return $"{entry.Text} runs no {CapabilityNames.Write(specClass.Forms).Replace(", ", " and no ")}, the only form the template has; give it the other form as well";
        string missing = CapabilityNames.Write(specClass.MissingIn(entry.Capabilities));
        string remedy = missing switch
        {
            Capability.KubernetesFields => "what stands in container.kubernetes.needed is for Kubernetes clusters alone",
            Capability.Jobs => "what runs to its end (restart.condition never or onFailure) is not run there",
            Capability.JobVolumes => "what runs to its end has no volumes there; write them where it runs as a StatefulSet (restart.condition always), or choose another cluster",
            Capability.GlobalMode => "its agent is of a version that cannot run one replica on each machine",
            Capability.GlobalJobs => "what runs to its end on each machine is not run yet; say how many with replicas, and write container.mode: replicatedJob",
            Capability.NumberedJobs => "replicas of a job have no numbers yet (completionMode Indexed); let each find its share of the work by itself",
            Capability.ClosedNetworks => $"a Kubernetes cluster has it where its agent is told that policies are kept ({OfferedCapabilities.PoliciesSetting})",
            Capability.Schedules => "only Kubernetes clusters begin work by the clock; elsewhere apply a Job when it is due, from a pipeline for one",
            _ => "its agent must offer it, or the template do without",
        };
        string[] rights = [.. missing.Split(", ").Where(OfferedCapabilities.IsRight)];
        if (rights.Length > 0) remedy += $": {string.Join(", ", rights)} reach{(rights.Length == 1 ? "es" : "")} the machine itself, and where a kind of cluster can do it at all its owner grants it by {OfferedCapabilities.RightsSetting}";
        return $"{entry.Text} lacks the capability {missing}; {remedy}";
    }
}
