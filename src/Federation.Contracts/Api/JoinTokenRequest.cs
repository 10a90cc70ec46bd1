namespace Federation.Contracts.Api;

/// <summary>Asks for a one-time join token.</summary>
/// <param name="Cluster">The cluster it is bound to.</param>
/// <param name="Node">The node it is bound to; any node of the cluster if null.</param>
/// <param name="LifetimeSeconds">60 to 86400; 3600 if null.</param>
public sealed record JoinTokenRequest(string Cluster, string? Node, int? LifetimeSeconds);
