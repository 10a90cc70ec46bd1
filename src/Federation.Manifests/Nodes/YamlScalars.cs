using System.Text.RegularExpressions;

namespace Federation.Manifests.Nodes;

/// <summary>The YAML 1.2 core schema (section 10.3.2): <c>yes</c>, <c>on</c> and dates are text.</summary>
internal static partial class YamlScalars
{
    public static ScalarType Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarType.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarType.Boolean,
        _ when !(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.') => ScalarType.Text,
        _ when Integer().IsMatch(text) => ScalarType.Integer,
        _ when Number().IsMatch(text) => ScalarType.Number,
        _ => ScalarType.Text,
    };

    [GeneratedRegex(@"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
