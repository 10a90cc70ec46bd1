using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Domain.Rollouts;

/// <summary>A template as it ran everywhere.</summary>
/// <param name="Number">The declared template's number in the workload's history.</param>
/// <param name="Revision">The resolved template's revision.</param>
/// <param name="Template">The resolved template: versions of configs and secrets are fixed.</param>
public sealed record RolloutVersion(int Number, TemplateRevision Revision, WorkloadTemplate Template);
