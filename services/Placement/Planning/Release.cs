using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>What has been let go of.</summary>
/// <param name="Released">All shares that may leave: the planner's input.</param>
/// <param name="Fresh">Those let go of just now.</param>
/// <param name="Waiting">How many wait for their turn.</param>
/// <param name="Next">When the next one may leave, from now; null if none waits for that.</param>
public sealed record Release(IReadOnlySet<ToleratedLoss> Released, IReadOnlyList<DueLoss> Fresh, int Waiting, TimeSpan? Next);
