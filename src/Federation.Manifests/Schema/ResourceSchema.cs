using System.Globalization;
using System.Text.Json;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Shapes;

namespace Federation.Manifests.Schema;

/// <summary>Describes the kinds by the domain's records and their documentation, so that files, reference, schemas and server never differ.</summary>
public static class ResourceSchema
{
    private static readonly Lazy<IReadOnlyDictionary<string, FieldDescription>> Kinds = new(static () =>
        ResourceKind.All.ToDictionary(static kind => kind.Name, DescribeKind));

    /// <summary>A kind with all its fields.</summary>
    public static FieldDescription Describe(ResourceKind kind) => Kinds.Value[kind.Name];

    /// <summary>One field of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="path">Members separated by dots, without regard to letters' case, <c>[]</c> or not: <c>spec.template.ports.name</c>; empty for the kind itself.</param>
    /// <returns>The field, or null where there is none.</returns>
    public static FieldDescription? Find(ResourceKind kind, string path)
    {
        FieldDescription? field = Describe(kind);
        foreach (string part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = part.Replace("[]", "", StringComparison.Ordinal);
            field = field?.Fields.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        }
        return field;
    }

    private static FieldDescription DescribeKind(ResourceKind kind)
    {
        Shape.Composite shape = ShapeReflection.Of(kind);
        FieldDescription[] header =
        [
            Fixed("apiVersion", Resource.Version, "The version of the form."),
            Fixed("kind", kind.Name, "The kind."),
        ];
        return new(kind.Name, "", kind.Name, true, false, null, [], null, null, DomainDocumentation.Of(kind.Type), [.. header, .. Fields(shape, "", [kind.Type])]);
    }

    private static FieldDescription Fixed(string name, string value, string documentation) =>
        new(name, name, "text", true, false, null, [value], null, null, documentation, []);

    private static IEnumerable<FieldDescription> Fields(Shape.Composite shape, string parent, Type[] above)
    {
        foreach (ShapeMember member in shape.Members)
        {
            string path = parent.Length == 0 ? member.Name : $"{parent}.{member.Name}";
            yield return Describe(member, path, above);
        }
    }

    private static FieldDescription Describe(ShapeMember member, string path, Type[] above)
    {
        Shape inner = member.Shape is Shape.List list ? list.Item : member.Shape;
        IReadOnlyList<FieldDescription> fields = inner is Shape.Composite composite && !above.Contains(composite.Type)
            ? [.. Fields(composite, member.Shape is Shape.List ? $"{path}[]" : path, [.. above, composite.Type])]
            : [];
        // A part that cannot be left out without leaving out what is required in it is required itself.
        bool required = member.Required || (!member.Nullable && !member.ServerWritten && inner is Shape.Composite { HasRequired: true } && member.Shape is Shape.Composite);
        return new(
            member.Name,
            path,
            TypeName(member.Shape),
            required,
            member.ServerWritten,
            DefaultText(member),
            inner is Shape.Choice choice ? [.. choice.Words.Keys] : [],
            Text(member.Range?.Minimum),
            Text(member.Range?.Maximum),
            DomainDocumentation.Of(member.Property),
            fields);
    }

    internal static string TypeName(Shape shape) => shape switch
    {
        Shape.Text => "text",
        Shape.Flag => "true or false",
        Shape.Whole => "whole number",
        Shape.Number => "number",
        Shape.Moment => "time",
        Shape.Choice => "word",
        Shape.Value value => value.Type.Name,
        Shape.List list => $"list of {TypeName(list.Item)}",
        Shape.Map => "mapping of text to text",
        _ => shape.Type.Name,
    };

    private static string? DefaultText(ShapeMember member)
    {
        if (member.Required || member.ServerWritten || member.Nullable || member.Default is null || member.Shape is Shape.Composite) return null;
        string json = JsonSerializer.Serialize(member.Default, member.Default.GetType(), DomainJson.Options);
        return json.StartsWith('"') ? JsonSerializer.Deserialize<string>(json) : json;
    }

    private static string? Text(object? bound) => bound is null ? null : Convert.ToString(bound, CultureInfo.InvariantCulture);
}
