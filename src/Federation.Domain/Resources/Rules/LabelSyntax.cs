namespace Federation.Domain.Resources.Rules;

/// <summary>The form of label keys and values, the same as Kubernetes', so that labels pass through unchanged.</summary>
public static class LabelSyntax
{
    private const int MaxPart = 63;
    private const int MaxPrefix = 253;

    /// <summary>The rule that a key breaks, or null.</summary>
    public static string? KeyViolation(string key)
    {
        int slash = key.IndexOf('/');
        if (slash >= 0 && HostSyntax.Violation(key[..slash], MaxPrefix) is not null)
            return "a label's prefix is a host name of lower-case letters, digits, '-' and '.', before one '/'";
        return IsPart(key[(slash + 1)..]) ? null : "a label's key has 1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or a digit";
    }

    /// <summary>The rule that a value breaks, or null.</summary>
    public static string? ValueViolation(string value) => value.Length == 0 || IsPart(value)
        ? null
        : "a label's value is empty or has up to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or a digit";

    private static bool IsPart(string text) =>
        text.Length is > 0 and <= MaxPart
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
