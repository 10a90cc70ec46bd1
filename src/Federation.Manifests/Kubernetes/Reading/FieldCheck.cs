using System.Globalization;
using Federation.Manifests.Foreign;
using Federation.Manifests.Kubernetes.Fields;
using Federation.Manifests.Kubernetes.Values;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Kubernetes.Reading;

/// <summary>Holds an object against the table of its kind: whether its fields are known and have the right form, and what of them is carried, warned of or refused.</summary>
internal sealed class FieldCheck(string kind, ManifestDocument document, InputErrors errors)
{
    // Programs read these by rules of their own, and may well be given what looks like a template.
    private static readonly string[] Free = ["data", "stringData", "binaryData", "annotations", "command", "args", "value"];

    private readonly List<CarriedField> _carried = [];

    public ManifestView Root { get; } = new(document.Root, new KeyPlace(document.Path, document.Root.At with { Source = document.Source }), errors);

    /// <summary>Refuses what is unknown or of the wrong form; tells what is warned of or refused.</summary>
    /// <returns>What is carried, in the order of the text.</returns>
    public IReadOnlyList<CarriedField> Run()
    {
        FieldNode fields = KubernetesFieldTable.Root(kind);
        Form(document.Root, fields, document.Path, document.Root.At, "", confidential: kind == "Secret");
        Fates(Root, fields, "");
        return _carried;
    }

    private void Form(Node node, FieldNode fields, string path, Position at, string name, bool confidential)
    {
        if (node.IsNull) return;
        if (fields.IsFree)
        {
            FreeForm(node, path);
            return;
        }
        switch (node)
        {
            case MappingNode mapping:
                Twice(mapping, path);
                if (!fields.TakesMapping)
                {
                    Refuse(at, path, $"expected {Expected(fields)}, found {node.Description}");
                    return;
                }
                foreach (MappingEntry entry in mapping.Entries)
                {
                    string inner = NodePath.Key(path, entry.Key);
                    if (fields.At(entry.Key) is { } next) Form(entry.Value, next, inner, entry.At, entry.Key, confidential && name is not "metadata");
                    else
                    {
                        string[] known = [.. fields.Names];
                        string? near = NearestName.Find(entry.Key, known);
                        Refuse(entry.KeyAt, inner, "the field is unknown", near is not null ? $"did you mean {near}?" : known.Length > 0 ? $"known here: {string.Join(", ", known)}" : null);
                    }
                }
                break;
            case SequenceNode sequence:
                if (fields.Item is not { } item)
                {
                    Refuse(at, path, $"expected {Expected(fields)}, found {node.Description}");
                    return;
                }
                for (int i = 0; i < sequence.Items.Count; i++)
                {
                    if (sequence.Items[i].IsNull) Refuse(sequence.Items[i].At, NodePath.Item(path, i), "an item is empty", "remove it");
                    else Form(sequence.Items[i], item, NodePath.Item(path, i), sequence.Items[i].At, name, confidential);
                }
                break;
            case ScalarNode scalar when fields.Field is { } field:
                Plain(scalar, field, path, at, confidential);
                break;
            default:
                if (!Template(node as ScalarNode, at, path)) Refuse(at, path, $"expected {Expected(fields)}, found {node.Description}");
                break;
        }
    }

    // What no kind of cluster but Kubernetes is told is left to its own judgement, but for what no text may hold.
    private void FreeForm(Node node, string path)
    {
        if (node is MappingNode mapping)
        {
            Twice(mapping, path);
            foreach (MappingEntry entry in mapping.Entries) FreeForm(entry.Value, NodePath.Key(path, entry.Key));
        }
        else if (node is SequenceNode list)
        {
            for (int i = 0; i < list.Items.Count; i++) FreeForm(list.Items[i], NodePath.Item(path, i));
        }
        else if (!Free.Any(word => path.EndsWith($".{word}", StringComparison.Ordinal) || path.Contains($".{word}[", StringComparison.Ordinal) || path.Contains($".{word}.", StringComparison.Ordinal))) Template((ScalarNode)node, node.At, path);
    }

    private void Plain(ScalarNode scalar, KubernetesField field, string path, Position at, bool confidential)
    {
        if (field.Detail == KubernetesTable.OfServer) return;
        FieldType type = FieldTypes.Of(field.Path);
        bool free = Free.Any(word => field.Path.Split('.').Any(part => part.Replace("[]", "", StringComparison.Ordinal) == word)) || (kind == "Secret" && confidential);
        if (!free && Template(scalar, at, path)) return;
        string? wanted = type switch
        {
            FieldType.Text when scalar.Type != ScalarType.Text => "text",
            FieldType.Whole when ManifestScalars.Whole(scalar) is null => "a whole number",
            FieldType.Flag when scalar.Type != ScalarType.Boolean => "true or false",
            FieldType.WholeOrText when scalar.Type != ScalarType.Text && ManifestScalars.Whole(scalar) is null => "a whole number or text",
            FieldType.Quantity when scalar.Type is not (ScalarType.Text or ScalarType.Integer or ScalarType.Number) => "a quantity",
            _ => null,
        };
        if (wanted is null)
        {
            if (type == FieldType.Quantity) Amount(scalar, path, at);
            return;
        }
        string? suggestion = wanted == "text" && !confidential ? $"write \"{(scalar.Text.Length > 60 ? scalar.Text[..60] + "..." : scalar.Text)}\""
            : wanted == "text" ? "put it in quotes"
            : wanted == "a whole number" && scalar.Type == ScalarType.Text && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? $"write {scalar.Text} without quotes"
            : wanted == "true or false" && scalar.Text.ToLowerInvariant() is "true" or "yes" or "on" ? "write true"
            : wanted == "true or false" && scalar.Text.ToLowerInvariant() is "false" or "no" or "off" ? "write false"
            : null;
        Refuse(at, path, $"expected {wanted}, found {scalar.Description}", suggestion);
    }

    private void Amount(ScalarNode scalar, string path, Position at)
    {
        try
        {
            Quantity.Parse(scalar.Text);
        }
        catch (FormatException e)
        {
            Refuse(at, path, e.Message);
        }
    }

    private bool Template(ScalarNode? scalar, Position at, string path)
    {
        if (scalar is null || scalar.Text.IndexOf("{{", StringComparison.Ordinal) is not (>= 0 and var open) || scalar.Text.IndexOf("}}", open, StringComparison.Ordinal) < 0) return false;
        Refuse(at, path, UnfilledTemplate.Rule, UnfilledTemplate.Suggestion);
        return true;
    }

    private void Twice(MappingNode mapping, string path)
    {
        foreach (MappingEntry twice in mapping.Duplicates)
            Refuse(twice.KeyAt, NodePath.Key(path, twice.Key), "the field is given twice", string.Create(CultureInfo.InvariantCulture, $"remove one; the first is in line {mapping.Find(twice.Key)!.KeyAt.Line}"));
    }

    private static string Expected(FieldNode fields) => string.Join(" or ", (string[])[.. fields.Field is null ? Array.Empty<string>() : ["a plain value"], .. fields.Item is null ? Array.Empty<string>() : ["a list"], .. fields.TakesMapping ? ["a mapping"] : Array.Empty<string>()]);

    private void Refuse(Position at, string path, string rule, string? suggestion = null) => errors.Add(at with { Source = document.Source }, path, rule, suggestion);

    private void Fates(ManifestView view, FieldNode fields, string path)
    {
        if (fields.Open is { } open)
        {
            if (!IsEmpty(view.Node)) Tell(open, view, path);
            return;
        }
        switch (view.Node)
        {
            case MappingNode:
                foreach ((string key, ManifestView value) in view.Members)
                {
                    if (fields.At(key) is { } next) Fates(value, next, NodePath.Key(path, key));
                }
                break;
            case SequenceNode when fields.Item is { } item:
                for (int i = 0; i < view.Items.Count; i++) Fates(view.Items[i], item, NodePath.Item(path, i));
                break;
            case ScalarNode when fields.Field is { } field:
                Tell(field, view, path);
                break;
        }
    }

    private void Tell(KubernetesField field, ManifestView view, string path)
    {
        string[] parts = field.Detail.Split("; ", 2);
        if (field.Fate == FieldFate.Warned) view.Warn(field.Detail);
        else if (field.Fate == FieldFate.Refused) view.Refuse(parts[0], parts.Length > 1 ? parts[1] : null);
        else if (field.Fate is FieldFate.Kept or FieldFate.Carried) _carried.Add(new(path, view, field));
    }

    private static bool IsEmpty(Node? node) => node is null or MappingNode { Entries.Count: 0 } or SequenceNode { Items.Count: 0 };
}
