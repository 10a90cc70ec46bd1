namespace Federation.Contracts.Api;

/// <summary>Where a person wants a workload's replicas. It takes the place of what was asked before.</summary>
/// <param name="To">The cluster; null to take the wish back.</param>
/// <param name="From">The cluster that gives them; any if null.</param>
/// <param name="Replicas">How many; all of them (of those in <paramref name="From"/>, if it is given) if null.</param>
public sealed record MoveRequest(string? To, string? From = null, int? Replicas = null);
