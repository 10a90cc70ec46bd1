namespace Federation.Scheduling.Division;

/// <summary>What the holders of a singleton allow.</summary>
/// <param name="Slot">Where it stays unless it moves; -1 if nobody holds it.</param>
/// <param name="Reason">Why it is stranded if it does not move; null if it is not.</param>
/// <param name="MayMove">Whether another place may be named.</param>
internal readonly record struct SingletonHold(int Slot, string? Reason, bool MayMove);
