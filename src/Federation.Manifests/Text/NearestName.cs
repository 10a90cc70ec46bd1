namespace Federation.Manifests.Text;

/// <summary>The known name a person most likely meant.</summary>
public static class NearestName
{
    private const int LongestCompared = 64;

    /// <summary>The nearest by edit distance (letters' case and '-', '_' aside), or null where none is near.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="known">What there is.</param>
    public static string? Find(string text, IEnumerable<string> known)
    {
        if (text.Length is 0 or > LongestCompared) return null;
        string plain = Plain(text);
        int limit = Math.Max(1, plain.Length / 3);
        return known
            .Select(name => (Name: name, Distance: Distance(plain, Plain(name))))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(static candidate => candidate.Distance)
            .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();
    }

    private static string Plain(string text) => new([.. text.Where(static c => c is not ('-' or '_')).Select(char.ToLowerInvariant)]);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours, each of cost 1.</summary>
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last) = (last, row);
        }
        return last[b.Length];
    }
}
