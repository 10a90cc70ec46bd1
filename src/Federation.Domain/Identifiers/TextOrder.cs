namespace Federation.Domain.Identifiers;

/// <summary>
/// The ordinal order of texts whose parts are joined by <c>/</c>, without joining them: stores list by the text, and keys must sort as they are listed.
/// A dash and a dot come before the slash, so that comparing part by part would be another order.
/// </summary>
internal static class TextOrder
{
    /// <summary>Compares two texts by first parts that differ; what follows each is a slash.</summary>
    public static int OfFirstParts(string? a, string? b)
    {
        (a, b) = (a ?? "", b ?? "");
        int common = a.AsSpan().CommonPrefixLength(b);
        return (common < a.Length ? a[common] : '/') - (common < b.Length ? b[common] : '/');
    }
}
