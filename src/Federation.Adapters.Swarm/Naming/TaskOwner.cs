using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Naming;

/// <summary>Of whom a service or a task is, by its labels.</summary>
/// <param name="Assignment">The order.</param>
/// <param name="Revision">What it runs.</param>
/// <param name="Workload">The workload.</param>
internal sealed record TaskOwner(AssignmentId Assignment, TemplateRevision Revision, WorkloadKey Workload);
