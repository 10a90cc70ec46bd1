namespace Federation.Contracts.Api;

/// <summary>Revokes a node's certificates; for platform administrators. A new join token lets the node (or another machine) join again.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Node">Its name there.</param>
public sealed record RevocationRequest(string Cluster, string Node);
