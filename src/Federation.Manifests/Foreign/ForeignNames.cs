using Federation.Domain.Identifiers;

namespace Federation.Manifests.Foreign;

/// <summary>The names of resources that come of a Compose file's names, which may hold what a name of the plane may not.</summary>
internal static class ForeignNames
{
    /// <summary>The nearest valid name: small letters, <c>-</c> in place of <c>_</c> and <c>.</c>. It may still break the rule, which its resource then tells.</summary>
    public static string Of(string text)
    {
        string name = new string([.. text.Select(static c => c is '_' or '.' or ' ' ? '-' : char.ToLowerInvariant(c))]).Trim('-');
        return name.Length > 0 ? name : text;
    }

    /// <summary>The name of what a stack owns: the stack's, then its own.</summary>
    public static string InStack(string stack, string text) => Within($"{stack}-{Of(text)}");

    /// <summary>A name that is not too long.</summary>
    public static string Within(string name)
    {
        return name.Length <= Name.MaxLength ? name : $"{name[..(Name.MaxLength - 9)].TrimEnd('-')}-{Hash(name)}";
    }

    // So that two long names stay two (FNV-1a).
    private static string Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = (hash ^ c) * 16777619;
        return hash.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
