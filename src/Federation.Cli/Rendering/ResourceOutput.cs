using System.Text.Json.Nodes;
using Federation.Cli.Session;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Writing;

namespace Federation.Cli.Rendering;

/// <summary>Resources in the form that was asked for.</summary>
internal static class ResourceOutput
{
    public static void Write(CliConsole console, IReadOnlyList<(ResourceKind Kind, Resource Item)> found, OutputChoice choice, bool single, bool withNamespace)
    {
        if (WriteTemplate(console, () => found.Select(entry => (JsonNode?)Json(entry.Item)), choice, single)) return;
        OutputFormat format = choice.Format;
        switch (format)
        {
            case OutputFormat.Json:
                console.Out.WriteLine((single ? Json(found[0].Item) : new JsonArray([.. found.Select(entry => Json(entry.Item))])).ToJsonString(DomainJson.Indented));
                break;
            case OutputFormat.Yaml:
                console.Out.Write(string.Join("---\n", found.Select(entry => ResourceWriter.ToYaml(entry.Item))));
                break;
            case OutputFormat.Name:
                foreach ((ResourceKind kind, Resource item) in found) console.Out.WriteLine(ResourceTarget.Of(kind, item.Metadata.Name));
                break;
            default:
                WriteTables(console, found, format == OutputFormat.Wide, withNamespace);
                break;
        }
    }

    /// <summary>Writes items through the caller's own template; false if there is none. Several items are <c>.items</c> of a list.</summary>
    public static bool WriteTemplate(CliConsole console, Func<IEnumerable<JsonNode?>> items, OutputChoice choice, bool single)
    {
        if (choice.Columns is { } columns) columns.Table(items()).Write(console, wide: true);
        else if (choice.Template is { } template) console.Out.WriteLine(template.Render(single ? items().First() : new JsonObject { ["kind"] = "List", ["items"] = new JsonArray([.. items()]) }));
        else return false;
        return true;
    }

    private static void WriteTables(CliConsole console, IReadOnlyList<(ResourceKind Kind, Resource Item)> found, bool wide, bool withNamespace)
    {
        if (found.Count == 0) console.Error.WriteLine("There are none.");
        bool first = true;
        foreach (IGrouping<ResourceKind, Resource> group in found.GroupBy(entry => entry.Kind, entry => entry.Item))
        {
            if (!first) console.Out.WriteLine();
            first = false;
            ResourceTable.Of(group.Key, [.. group], withNamespace, DateTimeOffset.UtcNow).Write(console, wide);
        }
    }

    /// <summary>The resource in the one JSON form.</summary>
    public static JsonNode Json(Resource resource) => ResourceWriter.ToNode(resource);

    /// <summary>Values that are no resources, as JSON or YAML.</summary>
    public static void WriteValue(CliConsole console, JsonNode? value, OutputFormat format)
    {
        if (format == OutputFormat.Yaml) console.Out.Write(ResourceWriter.ToYaml(value));
        else console.Out.WriteLine(value?.ToJsonString(DomainJson.Indented) ?? "null");
    }
}
