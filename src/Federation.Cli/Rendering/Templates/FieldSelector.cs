using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Manifests.Schema;
using Federation.Manifests.Text;

namespace Federation.Cli.Rendering.Templates;

/// <summary>Which resources are meant, by their fields: <c>status.phase=Ready,spec.replicas!=1</c>. All terms must hold; letters' case does not matter.</summary>
internal sealed class FieldSelector
{
    private readonly IReadOnlyList<(string Field, JsonPath Path, bool Equal, string Value)> _terms;

    private FieldSelector(IReadOnlyList<(string Field, JsonPath Path, bool Equal, string Value)> terms) => _terms = terms;

    public static FieldSelector All { get; } = new([]);

    /// <exception cref="FormatException">It is no selector; the message says which part.</exception>
    public static FieldSelector Parse(string text) => new([.. text.Split(',').Select(term =>
    {
        int sign = term.IndexOf('=', StringComparison.Ordinal);
        if (sign < 1) throw new FormatException($"'{term}' is no condition: write FIELD=VALUE or FIELD!=VALUE");
        bool equal = term[sign - 1] != '!';
        string field = term[..(equal ? sign : sign - 1)].Trim();
        string value = term[(sign + (equal && sign + 1 < term.Length && term[sign + 1] == '=' ? 2 : 1))..].Trim();
        return (field, JsonPath.Parse(field), equal, value);
    })]);

    public bool Holds(JsonNode? item) => _terms.All(term =>
    {
        bool found = term.Path.Select(item, item).Any(value => JsonPath.Text(value).Equals(term.Value, StringComparison.OrdinalIgnoreCase));
        return found == term.Equal;
    });

    /// <summary>The first field that the kind does not have, and the nearest that it has: a selector of such finds nothing for ever.</summary>
    public (string Field, string? Nearest)? UnknownIn(ResourceKind kind)
    {
        foreach ((string field, _, _, _) in _terms)
        {
            if (field is "apiVersion" or "kind" || ResourceSchema.Find(kind, Plain(field)) is not null) continue;
            string parent = field;
            FieldDescription? known = null;
            while (known is null && parent.Contains('.', StringComparison.Ordinal))
            {
                parent = parent[..parent.LastIndexOf('.')];
                known = ResourceSchema.Find(kind, Plain(parent));
            }
            known ??= ResourceSchema.Describe(kind);
            // Below a field that names no fields, such as labels, anything may be.
            if (known.Fields.Count == 0) continue;
            string lead = known.Path.Length == 0 ? "" : parent + ".";
            string wrong = field[lead.Length..].Split('.')[0];
            return (field, NearestName.Find(wrong, known.Fields.Select(static inner => inner.Name)) is { } near ? lead + near : null);
        }
        return null;
    }

    private static string Plain(string field) => field.TrimStart('.').Replace("[*]", "", StringComparison.Ordinal);
}
