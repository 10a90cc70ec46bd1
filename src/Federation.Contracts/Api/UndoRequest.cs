namespace Federation.Contracts.Api;

/// <summary>Goes back to an earlier template.</summary>
/// <param name="Revision">Which, by number or hash, as the revisions list names it; the newest other one if null.</param>
public sealed record UndoRequest(string? Revision);
