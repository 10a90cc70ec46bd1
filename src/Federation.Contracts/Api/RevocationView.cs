namespace Federation.Contracts.Api;

/// <summary>A revoked node.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Node">Its name there.</param>
/// <param name="RevokedAt">Certificates that began before do not serve.</param>
public sealed record RevocationView(string Cluster, string Node, DateTimeOffset RevokedAt);
