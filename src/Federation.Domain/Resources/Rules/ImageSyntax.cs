using System.Text.RegularExpressions;

namespace Federation.Domain.Resources.Rules;

/// <summary>The form of image references, as engines and kubelets read them: <c>[registry/]name[:tag][@digest]</c> (github.com/distribution/reference).</summary>
internal static partial class ImageSyntax
{
    /// <summary>The longest reference.</summary>
    public const int MaxLength = 512;

    /// <summary>The rule that a reference breaks, or null. What breaks one would be refused by every machine that is to fetch it.</summary>
    public static string? Violation(string image)
    {
        if (image.Length is 0 or > MaxLength || image.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))) return $"an image reference has 1 to {MaxLength} characters and no white space";
        int at = image.IndexOf('@', StringComparison.Ordinal);
        string rest = at < 0 ? image : image[..at];
        if (at >= 0 && !Digest().IsMatch(image[(at + 1)..])) return "behind @ stands a digest: sha256:HEX";
        if (rest.LastIndexOf(':') is >= 0 and var colon && colon > rest.LastIndexOf('/'))
        {
            if (!Tag().IsMatch(rest[(colon + 1)..])) return "a tag has 1 to 128 letters, digits, '_', '.' and '-', and begins with none of the last two";
            rest = rest[..colon];
        }
        if (Name().IsMatch(rest)) return null;
        return rest.Any(char.IsAsciiLetterUpper) && Name().IsMatch(rest.ToLowerInvariant())
            ? "the name of an image has no capital letters"
            : "the name of an image is of small letters and digits, with '.', '_' and '-' between them, in parts between '/'";
    }

    // A first part with a dot, a port or capitals is a registry's host.
    [GeneratedRegex(@"^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Za-z]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Digest();
}
