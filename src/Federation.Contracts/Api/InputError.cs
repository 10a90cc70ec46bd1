namespace Federation.Contracts.Api;

/// <summary>One broken rule in an input.</summary>
/// <param name="Path">Where, as a path of members and indexes: <c>spec.template.ports[0].name</c>.</param>
/// <param name="Line">The line, counted from 1; 0 where there is none.</param>
/// <param name="Column">The column, counted from 1; 0 where there is none.</param>
/// <param name="Rule">The rule, as a sentence.</param>
/// <param name="Suggestion">What would make it pass, if known.</param>
public sealed record InputError(string Path, int Line, int Column, string Rule, string? Suggestion = null);
