namespace Federation.Domain.Resources.Rules;

/// <summary>One rule that a resource breaks.</summary>
/// <param name="Path">Where, as a path of members, indexes and keys: <c>spec.template.ports[0].name</c>, <c>spec.data["tls.crt"]</c>.</param>
/// <param name="Rule">The rule, as a sentence without a full stop. Never a confidential value.</param>
/// <param name="Suggestion">What would make it pass, if known.</param>
public sealed record RuleViolation(string Path, string Rule, string? Suggestion = null);
