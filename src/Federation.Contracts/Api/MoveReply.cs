namespace Federation.Contracts.Api;

/// <summary>What a move does.</summary>
/// <param name="Moves">Replicas that change their place; empty if they are there already.</param>
public sealed record MoveReply(IReadOnlyList<MoveView> Moves);
