namespace Federation.Contracts.Api;

/// <summary>Goes back to an earlier template.</summary>
/// <param name="Revision">Which, as the revisions list names it; the one before the newest if null.</param>
public sealed record UndoRequest(string? Revision);
