namespace Federation.Scheduling.Reservation;

/// <summary>What of one workload a loss would take, and the room that is held for it.</summary>
/// <param name="Workload">The workload's index.</param>
/// <param name="Rank">Its place in the order in which room is given.</param>
/// <param name="Replicas">How many it would take.</param>
/// <param name="Room">Where they would find room.</param>
/// <param name="Left">For how many of them there is none.</param>
internal sealed record LossEntry(int Workload, int Rank, int Replicas, IReadOnlyList<(int Slot, int Replicas)> Room, int Left);
