using System.Text.Json.Nodes;

namespace Federation.Cli.Rendering;

/// <summary>Items that are no resources (nodes, replicas) in the form that was asked for.</summary>
internal static class ListOutput
{
    public static void Write(CliConsole console, IReadOnlyList<ListedItem> items, Table empty, OutputChoice choice)
    {
        if (ResourceOutput.WriteTemplate(console, () => items.Select(item => (JsonNode?)item.Json.DeepClone()), choice, single: false)) return;
        switch (choice.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                ResourceOutput.WriteValue(console, new JsonArray([.. items.Select(item => item.Json.DeepClone())]), choice.Format);
                break;
            case OutputFormat.Name:
                foreach (ListedItem item in items) console.Out.WriteLine(item.Name);
                break;
            default:
                if (items.Count == 0) console.Error.WriteLine("There are none.");
                foreach (ListedItem item in items) item.AddTo(empty);
                empty.Write(console, choice.Format == OutputFormat.Wide);
                break;
        }
    }
}
