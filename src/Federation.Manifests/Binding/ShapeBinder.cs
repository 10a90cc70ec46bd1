using System.Collections;
using System.Globalization;
using Federation.Manifests.Nodes;
using Federation.Manifests.Shapes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Binding;

/// <summary>Binds nodes to the domain's records, strictly: nothing that was written is passed over, but for what the plane itself writes.</summary>
/// <param name="errors">Takes every broken rule.</param>
/// <param name="confidential">Whether the document may hold confidential values, so that no message quotes any.</param>
/// <param name="partial">Whether what is required may be missing, but for what tells items of a list apart and the name.</param>
internal sealed class ShapeBinder(DocumentErrors errors, bool confidential, bool partial)
{
    /// <summary>Whether every item of every list was bound: otherwise indexes are not those of the text.</summary>
    public bool Whole { get; private set; } = true;

    /// <summary>Binds a mapping to a record; members named in <paramref name="alsoKnown"/> are the caller's.</summary>
    public object BindComposite(Node? node, Shape.Composite shape, string path, Position at, IReadOnlyList<string>? alsoKnown = null)
    {
        object result = Activator.CreateInstance(shape.Type)!;
        MappingNode? mapping = null;
        if (node is MappingNode found) mapping = found;
        else if (node is { IsNull: false }) Mismatch(node, at, path, "a mapping", null);
        foreach (MappingEntry duplicate in mapping?.Duplicates ?? [])
            errors.Add(duplicate.KeyAt, NodePath.Key(path, duplicate.Key), "the field is given twice", string.Create(CultureInfo.InvariantCulture, $"remove one; the first is in line {mapping!.Find(duplicate.Key)!.KeyAt.Line}"));

        var known = (alsoKnown ?? []).Concat(shape.Members.Select(static member => member.Name));
        foreach (MappingEntry entry in mapping?.Entries ?? [])
        {
            if (shape.Find(entry.Key) is null && alsoKnown?.Contains(entry.Key) != true) Unknown(entry, path, known);
        }

        foreach (ShapeMember member in shape.Members)
        {
            if (member.ServerWritten) continue;
            string memberPath = NodePath.Member(path, member.Name);
            MappingEntry? entry = mapping?.Find(member.Name);
            if (entry is { Value.IsNull: false })
            {
                if (Bind(entry.Value, member, memberPath, entry.At) is { } value) member.Property.SetValue(result, value);
                else if (member.Required) member.Property.SetValue(result, Placeholder(member.Shape));
            }
            else if (member.Shape is Shape.Composite { HasRequired: true } part && !member.Nullable)
            {
                member.Property.SetValue(result, BindComposite(null, part, memberPath, entry?.KeyAt ?? at));
            }
            else if (member.Required)
            {
                member.Property.SetValue(result, Placeholder(member.Shape));
                bool asked = !partial || shape.MergeKeys.Contains(member.Name) || memberPath.EndsWith("metadata.name", StringComparison.Ordinal);
                if (asked && node is null or MappingNode or { IsNull: true }) errors.Add(entry?.KeyAt ?? at, memberPath, "the field is required", $"add {member.Name}");
            }
        }
        return result;
    }

    // Stands where a required member is missing, so that the rules of the rest can be told in the same go; the error on it is told already.
    private static object Placeholder(Shape shape)
    {
        if (shape is Shape.Text) return "";
        if (shape is Shape.List list) return Activator.CreateInstance(typeof(List<>).MakeGenericType(list.Item.Type))!;
        object result = Activator.CreateInstance(shape.Type)!;
        foreach (ShapeMember member in (shape as Shape.Composite)?.Members ?? [])
        {
            if (member.Required) member.Property.SetValue(result, Placeholder(member.Shape));
        }
        return result;
    }

    private object? Bind(Node node, ShapeMember member, string path, Position at) =>
        member.Shape is Shape.Whole whole ? BindWhole(node, whole, member, path, at) : Bind(node, member.Shape, path, at);

    private object? Bind(Node node, Shape shape, string path, Position at) => shape switch
    {
        Shape.Text => BindText(node, path, at, quote: true),
        Shape.Flag => BindFlag(node, path, at),
        Shape.Whole whole => BindWhole(node, whole, null, path, at),
        Shape.Number number => BindNumber(node, number, path, at),
        Shape.Choice choice => BindChoice(node, choice, path, at),
        Shape.Value value => BindValue(node, value, path, at),
        Shape.List list => BindList(node, list, path, at),
        Shape.Map => BindMap(node, path, at),
        Shape.Composite composite => node is MappingNode ? BindComposite(node, composite, path, at) : Mismatch(node, at, path, "a mapping", null),
        _ => throw new NotSupportedException($"{shape.Type} is no input"),
    };

    private string? BindText(Node node, string path, Position at, bool quote)
    {
        if (node is not ScalarNode scalar) return (string?)Mismatch(node, at, path, "text", null);
        if (scalar.Type == ScalarType.Text) return scalar.Text;
        string suggestion = quote && !confidential && !scalar.IsNull ? $"write \"{scalar.Text}\"" : scalar.IsNull ? "write \"\" for empty text" : "put it in quotes";
        return (string?)Mismatch(node, at, path, "text", suggestion);
    }

    private object? BindFlag(Node node, string path, Position at)
    {
        if (node is ScalarNode { Type: ScalarType.Boolean } scalar) return scalar.Text[0] is 't' or 'T';
        string? suggestion = (node as ScalarNode)?.Text.ToLowerInvariant() switch
        {
            "yes" or "y" or "on" or "true" or "1" => "write true",
            "no" or "n" or "off" or "false" or "0" => "write false",
            _ => null,
        };
        return Mismatch(node, at, path, "true or false", suggestion);
    }

    private object? BindWhole(Node node, Shape.Whole shape, ShapeMember? member, string path, Position at)
    {
        if (node is not ScalarNode { Type: ScalarType.Integer } scalar) return Mismatch(node, at, path, "a whole number", UnquotedNumber(node));
        bool read = long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        if (!read && scalar.Text.Length > 2 && scalar.Text[0] == '0')
        {
            errors.Add(at, path, "whole numbers are written in decimal", null);
            return null;
        }
        (object min, object max) = member?.Range is { } range ? (range.Minimum, range.Maximum) : shape.Type == typeof(int) ? (int.MinValue, int.MaxValue) : (long.MinValue, long.MaxValue);
        if (!read || number < Convert.ToInt64(min, CultureInfo.InvariantCulture) || number > Convert.ToInt64(max, CultureInfo.InvariantCulture))
        {
            errors.Add(at, path, string.Create(CultureInfo.InvariantCulture, $"must lie between {min} and {max}"));
            return null;
        }
        return shape.Type == typeof(int) ? (object)(int)number : number;
    }

    private object? BindNumber(Node node, Shape.Number shape, string path, Position at)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (node is not ScalarNode { Type: ScalarType.Integer or ScalarType.Number } scalar) return Mismatch(node, at, path, "a number", UnquotedNumber(node));
        if (shape.Type == typeof(decimal) && decimal.TryParse(scalar.Text, styles, CultureInfo.InvariantCulture, out decimal exact)) return exact;
        if (shape.Type == typeof(double) && double.TryParse(scalar.Text, styles, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) return number;
        errors.Add(at, path, "the number is too large or not finite");
        return null;
    }

    private object? BindChoice(Node node, Shape.Choice shape, string path, Position at)
    {
        string allowed = string.Join(", ", shape.Words.Keys);
        if (node is not ScalarNode { Type: ScalarType.Text } scalar) return Mismatch(node, at, path, $"one of {allowed}", null);
        if (shape.Words.TryGetValue(scalar.Text, out object? value)) return value;
        string? nearest = NearestName.Find(scalar.Text, shape.Words.Keys);
        errors.Add(at, path, $"must be one of {allowed}", nearest is null ? null : $"did you mean {nearest}?");
        return null;
    }

    private object? BindValue(Node node, Shape.Value shape, string path, Position at)
    {
        if (node is not ScalarNode { Type: ScalarType.Text or ScalarType.Integer or ScalarType.Number } scalar) return Mismatch(node, at, path, "text or a number", null);
        try
        {
            return shape.Parse(scalar.Text);
        }
        catch (FormatException e)
        {
            errors.Add(at, path, e.Message);
            return null;
        }
    }

    private object? BindList(Node node, Shape.List shape, string path, Position at)
    {
        if (node is not SequenceNode sequence) return Mismatch(node, at, path, "a list", node is ScalarNode or MappingNode ? "begin each item with '- ', or write [ ]" : null);
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.Item.Type))!;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            Node item = sequence.Items[i];
            if (Bind(item, shape.Item, NodePath.Item(path, i), item.At) is { } value) items.Add(value);
            else Whole = false;
        }
        return items;
    }

    private Dictionary<string, string>? BindMap(Node node, string path, Position at)
    {
        if (node is not MappingNode mapping) return (Dictionary<string, string>?)Mismatch(node, at, path, "a mapping of names to text", node is SequenceNode ? "write NAME: value, without '- '" : null);
        foreach (MappingEntry duplicate in mapping.Duplicates)
            errors.Add(duplicate.KeyAt, NodePath.Key(path, duplicate.Key), "the key is given twice", string.Create(CultureInfo.InvariantCulture, $"remove one; the first is in line {mapping.Find(duplicate.Key)!.KeyAt.Line}"));
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (MappingEntry entry in mapping.Entries)
        {
            // Values of maps are the user's own (settings, passwords): never quoted.
            if (BindText(entry.Value, NodePath.Key(path, entry.Key), entry.At, quote: false) is { } text) map.Add(entry.Key, text);
        }
        return map;
    }

    private object? Mismatch(Node node, Position at, string path, string expected, string? suggestion)
    {
        errors.Add(at, path, $"expected {expected}, found {node.Description}", suggestion);
        return null;
    }

    private string? UnquotedNumber(Node node) =>
        node is ScalarNode { Type: ScalarType.Text } scalar && YamlScalars.Resolve(scalar.Text) == ScalarType.Integer
            ? confidential ? "write it without quotes" : $"write {scalar.Text} without quotes"
            : null;

    private void Unknown(MappingEntry entry, string path, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string? nearest = NearestName.Find(entry.Key, names);
        errors.Add(entry.KeyAt, NodePath.Key(path, entry.Key), "the field is unknown", nearest is null ? $"known here: {string.Join(", ", names)}" : $"did you mean {nearest}?");
    }
}
