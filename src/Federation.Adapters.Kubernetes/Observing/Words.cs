namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>What a cluster says, as part of a sentence: on one line, without its full stop, and no longer than a person reads.</summary>
internal static class Words
{
    private const int Most = 400;
    private const string Call = "rpc error: code = ";

    public static string? Of(string? text)
    {
        if (text is null) return null;
        // How a kubelet reached its runtime is no matter of the reader's.
        if (text.StartsWith(Call, StringComparison.Ordinal) && text.IndexOf(" desc = ", StringComparison.Ordinal) is > 0 and var told) text = text[(told + " desc = ".Length)..];
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length == 0 ? null : line.Length > Most ? line[..Most] + "…" : line;
    }

    /// <summary>The last lines of a container's output, which say most about its end.</summary>
    public static string? LastOf(string? output)
    {
        string[] lines = (output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? null : Of(string.Join(" / ", lines.TakeLast(3)));
    }
}
