namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>A text that a template engine has yet to fill in.</summary>
internal static class UnfilledTemplate
{
    public const string Rule = "this is a template that is not filled in yet";

    public const string Suggestion = "fill it in first, as: helm template NAME CHART | fedctl apply -f -";

    /// <summary>The error that stands in place of those of a text that cannot be read because of its <c>{{ }}</c>; null where it has none.</summary>
    public static ManifestError? In(string text, string source)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            int at = line.IndexOf("{{");
            if (at >= 0 && line[at..].Contains("}}", StringComparison.Ordinal) && !line.TrimStart().StartsWith("#")) return new(source, "", number, at + 1, Rule, Suggestion);
        }
        return null;
    }
}
