using Federation.Adapters.Node.Logs;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Logs;

/// <summary>A line on its way, and who wrote it.</summary>
public readonly record struct ShippedLine(WorkloadKey Workload, ReplicaId Replica, PositionedLine Line);
