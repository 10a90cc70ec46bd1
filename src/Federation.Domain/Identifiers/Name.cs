namespace Federation.Domain.Identifiers;

/// <summary>The rule for every name a person gives: an RFC 1123 label.</summary>
public static class Name
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 63;

    /// <summary>Returns null if <paramref name="text"/> is a valid name, else the rule it breaks, as a sentence.</summary>
    public static string? Violation(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "a name must not be empty";
        if (text.Length > MaxLength) return $"a name has at most {MaxLength} characters, this one has {text.Length}";
        foreach (char c in text)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                return "a name consists of lower-case letters a-z, digits and '-'";
        }
        return text[0] == '-' || text[^1] == '-' ? "a name begins and ends with a letter or a digit" : null;
    }

    internal static string Require(string text) => Violation(text) is { } rule ? throw new FormatException(rule) : text;
}
