namespace Federation.Health.Witnesses;

/// <summary>What an agent that drives a cluster from outside said last of its management API.</summary>
/// <param name="HeardAt">When.</param>
/// <param name="Lost">Whether the API does not answer.</param>
/// <param name="Since">Since when it says the same.</param>
/// <param name="Detail">How, for a person.</param>
public sealed record ManagementView(TimeSpan HeardAt, bool Lost, TimeSpan Since, string Detail);
