namespace Federation.Contracts.Api;

/// <summary>Sets a workload's replicas and makes the caller the owner of the number.</summary>
/// <param name="Replicas">0 to 100000.</param>
public sealed record ScaleRequest(int Replicas);
