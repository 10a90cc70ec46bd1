namespace Federation.Contracts.Api;

/// <summary>What would be better placed elsewhere, and what that gains.</summary>
/// <param name="Plan">Names this plan.</param>
/// <param name="Moves">Replicas that change their cluster, or their node within one, each with the reason.</param>
/// <param name="BusiestBefore">The part of the busiest cluster's capacity that is taken now, 0 to 1.</param>
/// <param name="BusiestAfter">The same afterwards.</param>
/// <param name="PriceBefore">What the moved workloads' CPU costs an hour now, by the clusters' prices.</param>
/// <param name="PriceAfter">The same afterwards.</param>
/// <param name="Pending">Workloads that still move because of an earlier rebalancing.</param>
public sealed record RebalanceReply(
    string Plan, IReadOnlyList<MoveView> Moves, double BusiestBefore, double BusiestAfter, decimal PriceBefore, decimal PriceAfter, int Pending);
