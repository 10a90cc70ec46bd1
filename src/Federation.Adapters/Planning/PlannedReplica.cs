using Federation.Domain.Identifiers;

namespace Federation.Adapters.Planning;

/// <summary>What a plan needs to know of a replica.</summary>
/// <param name="Id">The replica.</param>
/// <param name="Revision">What it runs.</param>
/// <param name="Alive">Whether it has a process, or is about to have one.</param>
/// <param name="Ready">Whether it answers its check.</param>
/// <param name="Retiring">Whether it is on its way out.</param>
public readonly record struct PlannedReplica(ReplicaId Id, TemplateRevision Revision, bool Alive, bool Ready, bool Retiring);
