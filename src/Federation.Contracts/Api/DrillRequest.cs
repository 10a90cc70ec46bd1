namespace Federation.Contracts.Api;

/// <summary>Asks for a drill.</summary>
/// <param name="Cluster">The cluster to be treated as lost.</param>
/// <param name="Seconds">For how long, 5 to 3600.</param>
public sealed record DrillRequest(string Cluster, int Seconds);
