namespace Federation.Domain.Resources.Rules;

/// <summary>The form of host names (RFC 1123).</summary>
public static class HostSyntax
{
    /// <summary>The longest host name.</summary>
    public const int MaxLength = 253;

    /// <summary>The rule that a host name breaks, or null. Letters of both cases are allowed.</summary>
    public static string? Violation(string host, int maxLength = MaxLength)
    {
        if (host.Length == 0) return "a host must not be empty";
        if (host.Length > maxLength) return $"a host has at most {maxLength} characters, this one has {host.Length}";
        foreach (string label in host.Split('.'))
        {
            if (label.Length is 0 or > 63) return "each part of a host between dots has 1 to 63 characters";
            if (label[0] == '-' || label[^1] == '-') return "each part of a host begins and ends with a letter or a digit";
            if (!label.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')) return "a host consists of letters a-z, digits, '-' and '.'";
        }
        return null;
    }
}
