using System.Globalization;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Kubernetes.Values;

/// <summary>Plain values as Kubernetes' own tools read them: by YAML 1.1, in which <c>0644</c> is octal.</summary>
internal static class ManifestScalars
{
    /// <summary>A whole number; null where it is none, or too long.</summary>
    public static long? Whole(ScalarNode scalar)
    {
        if (scalar.Type != ScalarType.Integer) return null;
        string text = scalar.Text;
        if (Octal(text) is { } digits) return digits.Length <= 20 && digits.All(static c => c is >= '0' and <= '7') ? Convert.ToInt64(digits, 8) : null;
        if (text.StartsWith("0x", StringComparison.Ordinal)) return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex : null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>Rights in octal with a zero before them.</summary>
    public static string Mode(long mode) => "0" + Convert.ToString(mode, 8).PadLeft(3, '0');

    private static string? Octal(string text) => text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit) ? text[1..] : null;
}
