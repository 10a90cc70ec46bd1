using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Cli.Rendering;

/// <summary>What a field means, from the domain's own documentation: <c>workload.spec.update</c>.</summary>
internal static partial class FieldDocs
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Summaries = new(Load);

    /// <returns>The text; null if the path names nothing, with <paramref name="near"/> what there is instead.</returns>
    public static string? Describe(ResourceKind kind, IReadOnlyList<string> path, out IReadOnlyList<string> near)
    {
        Type type = kind.Type;
        string summary = Summary($"T:{type.FullName}");
        string shown = kind.Name.ToLowerInvariant();
        foreach (string step in path)
        {
            PropertyInfo? member = Members(type).FirstOrDefault(candidate => JsonName(candidate).Equals(step, StringComparison.OrdinalIgnoreCase));
            if (member is null)
            {
                near = [.. Members(type).Select(JsonName)];
                return null;
            }
            summary = Summary($"P:{member.DeclaringType!.FullName}.{member.Name}");
            shown += $".{JsonName(member)}";
            type = Inner(member.PropertyType);
        }
        near = [];
        return Text(shown, type, summary);
    }

    private static string Text(string shown, Type type, string summary)
    {
        var lines = new List<string> { $"{shown}: {TypeName(type)}", "" };
        lines.AddRange(TextWrap.Lines(summary, "  ", 79));
        if (type.IsEnum)
        {
            lines.AddRange(["", "Values:"]);
            foreach (string value in Enum.GetNames(type)) lines.AddRange(Entry(CamelCase(value), "", Summary($"F:{type.FullName}.{value}")));
        }
        else if (IsShape(type))
        {
            lines.AddRange(["", "Fields:"]);
            foreach (PropertyInfo member in Members(type)) lines.AddRange(Entry(JsonName(member), TypeName(member.PropertyType), Summary($"P:{member.DeclaringType!.FullName}.{member.Name}")));
        }
        return string.Join(Environment.NewLine, lines);
    }

    private static IEnumerable<string> Entry(string name, string type, string summary) => [$"  {name}{(type.Length > 0 ? $"  <{type}>" : "")}", .. TextWrap.Lines(summary, "      ", 79)];

    private static IEnumerable<PropertyInfo> Members(Type type) => IsShape(type)
        ? type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(member => member.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null && member.Name != "EqualityContract")
        : [];

    // Quantities and ids are written as one text.
    private static bool IsShape(Type type) => type.IsClass && type != typeof(string) && type.Namespace?.StartsWith("Federation.", StringComparison.Ordinal) == true;

    private static Type Inner(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (!bare.IsGenericType) return bare;
        return bare.GetGenericArguments()[^1];
    }

    private static string TypeName(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsGenericType)
        {
            string inner = TypeName(bare.GetGenericArguments()[^1]);
            return bare.GetGenericArguments().Length == 2 ? $"map of {inner}" : $"list of {inner}";
        }
        if (bare == typeof(string)) return "text";
        if (bare == typeof(bool)) return "true or false";
        if (bare == typeof(int) || bare == typeof(long) || bare == typeof(double) || bare == typeof(decimal)) return "number";
        if (bare == typeof(DateTimeOffset)) return "time";
        return bare.IsEnum ? string.Join(" | ", Enum.GetNames(bare).Select(CamelCase)) : IsShape(bare) ? bare.Name : "text";
    }

    private static string JsonName(PropertyInfo member) => DomainJson.Options.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name;

    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string Summary(string id) => Summaries.Value.TryGetValue(id, out string? summary) ? summary : "";

    // The compiler writes it beside the assembly.
    private static Dictionary<string, string> Load()
    {
        string file = Path.ChangeExtension(typeof(Resource).Assembly.Location, ".xml");
        if (!File.Exists(file)) return [];
        return XDocument.Load(file).Descendants("member").Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!), StringComparer.Ordinal);
    }

    private static string Plain(XElement summary)
    {
        foreach (XElement reference in summary.Descendants("see").ToArray())
        {
            string target = reference.Attribute("cref")?.Value ?? reference.Value;
            reference.ReplaceWith(CamelCase(target[(target.LastIndexOf('.') + 1)..]));
        }
        return Spaces().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
