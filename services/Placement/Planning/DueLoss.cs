using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>A share on a lost target whose toleration has ended.</summary>
/// <param name="Loss">The share.</param>
/// <param name="Priority">Its workload's priority: the highest leave first.</param>
/// <param name="Moves">Whether there is work to move; else there is nothing, or it has moved already, and letting go costs nothing.</param>
/// <param name="Why">Why it may leave, for a person.</param>
public readonly record struct DueLoss(ToleratedLoss Loss, int Priority, bool Moves, string Why);
