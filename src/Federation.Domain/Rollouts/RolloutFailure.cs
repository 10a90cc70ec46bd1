using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Domain.Rollouts;

/// <summary>A version that failed.</summary>
/// <param name="Number">The declared template's number in the workload's history.</param>
/// <param name="Revision">The resolved template's revision: another one is another try.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Reason">What failed where, in one line.</param>
/// <param name="Action">What is done about it.</param>
public sealed record RolloutFailure(int Number, TemplateRevision Revision, DateTimeOffset Time, string Reason, FailureAction Action);
