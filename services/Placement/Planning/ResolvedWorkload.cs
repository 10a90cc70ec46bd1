using Federation.Domain.Identifiers;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>A workload whose references were looked up.</summary>
public abstract record ResolvedWorkload
{
    private ResolvedWorkload() { }

    /// <summary>Everything is there.</summary>
    /// <param name="Planned">What the planner sees; its template names fixed versions of configs and secrets.</param>
    /// <param name="Revision">The resolved template's revision.</param>
    public sealed record Complete(PlannedWorkload Planned, TemplateRevision Revision) : ResolvedWorkload;

    /// <summary>Something is missing: nothing of it runs anew until it is there.</summary>
    /// <param name="Reason">What, for a person.</param>
    public sealed record Unresolved(string Reason) : ResolvedWorkload;
}
