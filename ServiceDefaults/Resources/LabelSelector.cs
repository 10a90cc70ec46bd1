namespace Federation.ServiceDefaults.Resources;

/// <summary>Terms over labels: <c>key=value</c>, <c>key!=value</c>, <c>key</c>, <c>!key</c>, separated by commas; all must hold.</summary>
public sealed class LabelSelector
{
    private readonly List<(string Key, string? Value, bool Negated)> _terms = [];

    private LabelSelector() { }

    /// <summary>Reads a selector; false if a term is none of the forms.</summary>
    public static bool TryParse(string text, out LabelSelector? selector)
    {
        selector = null;
        var result = new LabelSelector();
        foreach (string term in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int at = term.IndexOf('=', StringComparison.Ordinal);
            bool negated = at > 0 ? term[at - 1] == '!' : term.StartsWith('!');
            string key = at > 0 ? term[..(negated ? at - 1 : at)].TrimEnd() : term.TrimStart('!');
            if (key.Length == 0 || key.Contains('!', StringComparison.Ordinal)) return false;
            result._terms.Add((key, at > 0 ? term[(at + 1)..].TrimStart('=').Trim() : null, negated));
        }
        selector = result;
        return true;
    }

    /// <summary>Whether the labels meet all terms.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach ((string key, string? value, bool negated) in _terms)
        {
            string? actual = labels?.GetValueOrDefault(key);
            bool holds = value is null ? actual is not null : actual == value;
            if (holds == negated) return false;
        }
        return true;
    }
}
