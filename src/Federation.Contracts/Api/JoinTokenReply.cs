namespace Federation.Contracts.Api;

/// <summary>A one-time join token, shown once.</summary>
/// <param name="Token">Carries the hash of the authority's certificate.</param>
/// <param name="ExpiresAt">Its end.</param>
public sealed record JoinTokenReply(string Token, DateTimeOffset ExpiresAt);
