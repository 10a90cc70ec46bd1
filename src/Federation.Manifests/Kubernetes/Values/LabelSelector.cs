using Federation.Manifests.Kubernetes.Reading;

namespace Federation.Manifests.Kubernetes.Values;

/// <summary>Which labels are meant.</summary>
internal sealed class LabelSelector
{
    private readonly List<(string Key, string Operator, IReadOnlyList<string> Values)> _terms = [];

    /// <summary>Whether it has no term.</summary>
    public bool IsEmpty => _terms.Count == 0;

    /// <summary>Of <c>matchLabels</c> and <c>matchExpressions</c>.</summary>
    public static LabelSelector Of(ManifestView selector)
    {
        LabelSelector read = OfLabels(selector["matchLabels"]);
        foreach (ManifestView term in selector["matchExpressions"].Items)
        {
            string word = term["operator"].Text ?? "";
            if (word is not ("In" or "NotIn" or "Exists" or "DoesNotExist")) term["operator"].Refuse("the operator is In, NotIn, Exists or DoesNotExist");
            if (term["key"].Text is not { Length: > 0 } key) term.Refuse("a term names a key");
            else read._terms.Add((key, word, [.. term["values"].Items.Select(static value => value.Text ?? "")]));
        }
        return read;
    }

    /// <summary>Of labels and their values.</summary>
    public static LabelSelector OfLabels(ManifestView labels)
    {
        var read = new LabelSelector();
        foreach ((string key, ManifestView value) in labels.Members) read._terms.Add((key, "In", [value.Text ?? ""]));
        return read;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _terms.TrueForAll(term =>
    {
        string? value = labels.GetValueOrDefault(term.Key);
        return term.Operator switch
        {
            "In" => value is not null && term.Values.Contains(value),
            "NotIn" => value is null || !term.Values.Contains(value),
            "Exists" => value is not null,
            _ => value is null,
        };
    });

    public override string ToString() => IsEmpty ? "everything" : string.Join(", ", _terms.Select(static term => term.Operator == "In" && term.Values.Count == 1 ? $"{term.Key}={term.Values[0]}" : $"{term.Key} {term.Operator}"));
}
