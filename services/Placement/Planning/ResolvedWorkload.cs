using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>A workload whose references were looked up.</summary>
public abstract record ResolvedWorkload
{
    private ResolvedWorkload() { }

    /// <summary>Everything is there.</summary>
    /// <param name="Planned">What the planner sees; its template names fixed versions of configs and secrets. It is the declared one, or, where that one failed and was undone, the one before.</param>
    /// <param name="Revision">The resolved template's revision.</param>
    /// <param name="Declared">The declared template's revision.</param>
    /// <param name="Rollout">How far it has come; null before the first step.</param>
    public sealed record Complete(PlannedWorkload Planned, TemplateRevision Revision, TemplateRevision Declared, Rollout? Rollout) : ResolvedWorkload
    {
        /// <summary>The failure of the declared template, if it has failed.</summary>
        public RolloutFailure? Failure => Rollout?.Failure is { } failure && failure.Revision == Declared ? failure : null;

        /// <summary>That it has run to its end by design, as it is declared now; null while it has not.</summary>
        public WorkloadCompletion? Completion => Rollout?.Completion is { } completion && completion.Revision == Revision && completion.Replicas == (Planned.Spec.Replicas ?? 1) ? completion : null;

        /// <summary>What runs until the revision is proven; null where there is nothing else.</summary>
        public RolloutVersion? Fallback => Rollout?.Established is { } established && established.Revision != Revision ? established : null;
    }

    /// <summary>Something is missing: nothing of it runs anew until it is there.</summary>
    /// <param name="Reason">What, for a person.</param>
    public sealed record Unresolved(string Reason) : ResolvedWorkload;
}
