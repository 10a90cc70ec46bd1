using System.Globalization;

namespace Federation.Domain.Resources.Rules;

/// <summary>Gathers the violations of one resource.</summary>
internal sealed class RuleContext
{
    private readonly List<RuleViolation> _violations = [];

    public IReadOnlyList<RuleViolation> Violations => _violations;

    public void Refuse(string path, string rule, string? suggestion = null) => _violations.Add(new(path, rule, suggestion));

    /// <summary>Refuses a name that is no RFC 1123 label; null passes, as an absent member is the binder's or the caller's matter.</summary>
    public void RequireName(string path, string? name)
    {
        if (name is null || Identifiers.Name.Violation(name) is not { } rule) return;
        Refuse(path, rule, SuggestName(name));
    }

    /// <summary>The path of a dictionary's key: dotted where it reads as a word, else quoted.</summary>
    public static string KeyPath(string parent, string key) =>
        key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? $"{parent}.{key}"
            : string.Create(CultureInfo.InvariantCulture, $"{parent}[\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]");

    private static string? SuggestName(string name)
    {
        string candidate = new([.. name.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]);
        candidate = candidate.Trim('-');
        if (candidate.Length > Identifiers.Name.MaxLength) candidate = candidate[..Identifiers.Name.MaxLength].TrimEnd('-');
        return Identifiers.Name.Violation(candidate) is null ? $"write {candidate}" : null;
    }
}
