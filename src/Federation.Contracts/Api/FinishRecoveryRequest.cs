namespace Federation.Contracts.Api;

/// <summary>Ends a recovery: the plane decides again.</summary>
/// <param name="Adopt">Whether what clusters run beyond the stores is taken over; otherwise it runs on, reported and left alone.</param>
public sealed record FinishRecoveryRequest(bool Adopt);
