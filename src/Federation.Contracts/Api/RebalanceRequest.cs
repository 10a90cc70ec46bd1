namespace Federation.Contracts.Api;

/// <summary>Carries a rebalancing out.</summary>
/// <param name="Plan">The plan that was shown; refused if the world would be planned otherwise by now. Null to take whatever the plan is.</param>
public sealed record RebalanceRequest(string? Plan = null);
