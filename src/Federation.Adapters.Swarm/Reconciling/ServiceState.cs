using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Reconciling;

/// <summary>A service of an Assignment, as the plan needs it.</summary>
/// <param name="Id">The swarm's id for it.</param>
/// <param name="Revision">What it runs.</param>
/// <param name="Replicas">How many tasks it is to have.</param>
/// <param name="Tasks">Those that it has and wants, in the order in which the swarm would end them.</param>
internal sealed record ServiceState(string Id, TemplateRevision Revision, int Replicas, IReadOnlyList<TaskState> Tasks);
