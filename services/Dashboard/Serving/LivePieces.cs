namespace Federation.Dashboard.Serving;

/// <summary>Finds the pieces that <c>Live</c> marked in a drawn document. What users wrote cannot look like a mark: it is encoded.</summary>
internal static class LivePieces
{
    private const string Begin = "<!--live:";
    private const string End = "<!--/live-->";

    public static Dictionary<string, string> Of(string html)
    {
        var pieces = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int at = 0; (at = html.IndexOf(Begin, at, StringComparison.Ordinal)) >= 0;)
        {
            int nameEnd = html.IndexOf("-->", at, StringComparison.Ordinal);
            int end = html.IndexOf(End, nameEnd, StringComparison.Ordinal);
            pieces.Add(html[(at + Begin.Length)..nameEnd], html[(nameEnd + 3)..end]);
            at = end;
        }
        return pieces;
    }
}
