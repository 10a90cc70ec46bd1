using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Federation.Manifests.Schema;

/// <summary>The XML documentation of Federation.Domain, embedded here when it is built, as plain text.</summary>
internal static partial class DomainDocumentation
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(Load);

    public static string Of(Type type) => Text(Members.Value.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    public static string Of(PropertyInfo property)
    {
        string summary = Text(Members.Value.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary"));
        if (summary.Length > 0) return summary;
        // A positional record documents its members as parameters.
        return Text(Members.Value.GetValueOrDefault($"T:{property.DeclaringType.FullName}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name));
    }

    public static string Of(Type enumType, object value) => Text(Members.Value.GetValueOrDefault($"F:{enumType.FullName}.{value}")?.Element("summary"));

    private static Dictionary<string, XElement> Load()
    {
        using Stream stream = typeof(DomainDocumentation).Assembly.GetManifestResourceStream("Federation.Domain.xml")
            ?? throw new InvalidOperationException("Federation.Manifests was built without the documentation of Federation.Domain");
        return XDocument.Load(stream).Descendants("member").ToDictionary(static member => member.Attribute("name")!.Value);
    }

    private static string Text(XElement? element)
    {
        if (element is null) return "";
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } see => $"`{Reference(see)}`",
                XElement other => other.Value,
                _ => "",
            });
        }
        return WhiteSpace().Replace(text.ToString(), " ").Trim();
    }

    private static string Reference(XElement see)
    {
        string target = see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? "";
        string last = target.Split('(')[0].Split('.')[^1];
        return target.StartsWith("P:", StringComparison.Ordinal) || target.StartsWith("F:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(last) : last;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
