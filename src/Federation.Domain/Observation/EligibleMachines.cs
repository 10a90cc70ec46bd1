using Federation.Domain.Identifiers;

namespace Federation.Domain.Observation;

/// <summary>How many machines of a cluster that schedules for itself may run a workload of one replica a machine, as its agent counts them for the order.</summary>
/// <param name="Assignment">The order.</param>
/// <param name="Count">The machines that take work and meet the template's terms, 0 or more; whether one has room is not asked.</param>
public sealed record EligibleMachines(AssignmentId Assignment, int Count);
