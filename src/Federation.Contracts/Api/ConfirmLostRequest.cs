namespace Federation.Contracts.Api;

/// <summary>A person's decision that a cluster, or one node of it, is gone for good.</summary>
/// <param name="Node">The node; the whole cluster if null.</param>
/// <param name="Undo">Takes the decision back: what was there and has not started elsewhere waits for it again.</param>
public sealed record ConfirmLostRequest(string? Node = null, bool Undo = false);
