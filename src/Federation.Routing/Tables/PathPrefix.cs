namespace Federation.Routing.Tables;

/// <summary>Path prefixes in whole segments.</summary>
public static class PathPrefix
{
    /// <summary>One slash in front, none at the end; <c>/</c> for the empty path.</summary>
    public static string Normalise(string path)
    {
        string trimmed = path.Trim('/');
        return trimmed.Length == 0 ? "/" : "/" + trimmed;
    }

    /// <summary>Whether the path lies under a prefix of <see cref="Normalise"/>'s form: <c>/api</c> holds <c>/api</c> and <c>/api/x</c>, not <c>/apix</c>.</summary>
    public static bool Holds(string prefix, ReadOnlySpan<char> path)
    {
        if (prefix.Length == 1) return true;
        return path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');
    }
}
