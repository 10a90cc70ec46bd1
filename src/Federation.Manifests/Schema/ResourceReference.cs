using System.Globalization;
using System.Text;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;

namespace Federation.Manifests.Schema;

/// <summary>The reference page of all kinds, <c>docs/reference/resources.md</c>.</summary>
public static class ResourceReference
{
    /// <summary>The page as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Resources

            Generated from the domain's records; to make it again, run
            `FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests`.

            Every resource is a YAML or JSON mapping with `apiVersion: federation/v1`, its `kind`, `metadata` and `spec`. Several stand in one
            file as documents separated by `---`. Fields marked *server* are written by the plane and ignored on input. Unknown fields are
            refused with their line, their column and the nearest known name.


            """);
        page.Append("| kind | path | short | lives in |\n|---|---|---|---|\n");
        foreach (ResourceKind kind in ResourceKind.All)
            page.Append(CultureInfo.InvariantCulture, $"| [{kind.Name}](#{kind.Name.ToLowerInvariant()}) | `{kind.Plural}` | `{kind.ShortName}` | {(kind.Namespaced ? "a namespace" : kind.Name == "Namespace" ? "a tenant" : "the plane")} |\n");

        page.Append("\n## Quantities\n\n");
        foreach (Type quantity in new[] { typeof(CpuMillis), typeof(MemoryBytes) }) page.Append(CultureInfo.InvariantCulture, $"- **{quantity.Name}**: {DomainDocumentation.Of(quantity)}\n");

        FieldDescription metadata = ResourceSchema.Find(ResourceKind.All[0], "metadata")!;
        page.Append("\n## metadata\n\n").Append(metadata.Documentation).Append("\n\n");
        AppendTable(page, metadata.Fields);
        foreach (ResourceKind kind in ResourceKind.All)
        {
            FieldDescription description = ResourceSchema.Describe(kind);
            page.Append(CultureInfo.InvariantCulture, $"\n## {kind.Name}\n\n{description.Documentation}\n\n");
            AppendTable(page, description.Fields.Where(static field => field.Name is "spec" or "status").SelectMany(Flatten));
        }
        return page.ToString();
    }

    private static IEnumerable<FieldDescription> Flatten(FieldDescription field) => [field, .. field.Fields.SelectMany(Flatten)];

    private static void AppendTable(StringBuilder page, IEnumerable<FieldDescription> fields)
    {
        page.Append("| field | type | default | meaning |\n|---|---|---|---|\n");
        foreach (FieldDescription field in fields)
            page.Append(CultureInfo.InvariantCulture, $"| `{field.Path}` | {Type(field)} | {Default(field)} | {Escape(field.Documentation)} |\n");
    }

    private static string Type(FieldDescription field)
    {
        if (field.AllowedValues.Count > 0) return string.Join(", ", field.AllowedValues.Select(static word => $"`{word}`"));
        return field.Minimum is null ? field.Type : $"{field.Type}, {field.Minimum} to {field.Maximum}";
    }

    private static string Default(FieldDescription field) =>
        field.ServerWritten ? "*server*" : field.Required ? "**required**" : field.Default is { } value ? $"`{value}`" : "";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
