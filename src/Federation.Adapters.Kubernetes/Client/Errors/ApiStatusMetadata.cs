namespace Federation.Adapters.Kubernetes.Client.Errors;

/// <summary>Of a Status: the token with which an expired listing can go on, at the price of consistency.</summary>
/// <param name="Continue">The token; null for none.</param>
public sealed record ApiStatusMetadata(string? Continue);
