using System.Text.Json.Nodes;
using Federation.Domain.Json;
using Federation.Manifests.Writing;

namespace Federation.Cli.Rendering;

/// <summary>
/// What a watch shows: what is there, then a line for everything that is new, other or gone. Told everything again, it shows only what changed meanwhile.
/// </summary>
/// <param name="console">Where to.</param>
/// <param name="choice">In which form. JSON and YAML come as <c>{"type": "ADDED|MODIFIED|DELETED", "object": ...}</c>, JSON one a line.</param>
/// <param name="empty">Makes a table of the kind, without rows.</param>
internal sealed class WatchOutput(CliConsole console, OutputChoice choice, Func<Table> empty)
{
    private readonly Dictionary<string, ListedItem> _shown = new(StringComparer.Ordinal);
    private IReadOnlyList<int>? _widths;

    /// <summary>Everything there is.</summary>
    public void All(IReadOnlyList<ListedItem> items)
    {
        ListedItem[] other = [.. items.Where(IsOther)];
        HashSet<string> present = [.. items.Select(static item => item.Name)];
        foreach (ListedItem gone in _shown.Values.Where(item => !present.Contains(item.Name)).ToArray()) Remove(gone.Name);
        foreach (ListedItem item in other) Write(item);
        if (IsTable && (_widths is null || other.Length > 0)) Rows(other);
        console.Out.Flush();
    }

    /// <summary>One that is new or changed.</summary>
    public void Change(ListedItem item)
    {
        if (!IsOther(item)) return;
        Write(item);
        if (IsTable) Rows([item]);
        console.Out.Flush();
    }

    /// <summary>One that is gone, or no longer among those that were asked for.</summary>
    public void Remove(string name)
    {
        if (!_shown.Remove(name, out ListedItem? last)) return;
        if (choice is { Template: null, Columns: null, Format: OutputFormat.Json or OutputFormat.Yaml }) Event("DELETED", last);
        else console.Out.WriteLine($"{name} deleted");
        console.Out.Flush();
    }

    private bool IsTable => choice is { Template: null, Columns: null, Format: OutputFormat.Table or OutputFormat.Wide };

    private bool IsOther(ListedItem item) => !_shown.TryGetValue(item.Name, out ListedItem? before) || !JsonNode.DeepEquals(before.Json, item.Json);

    private void Write(ListedItem item)
    {
        string type = _shown.ContainsKey(item.Name) ? "MODIFIED" : "ADDED";
        _shown[item.Name] = item;
        if (choice.Template is { } template) console.Out.WriteLine(template.Render(item.Json));
        else if (choice.Columns is { } columns) _widths = columns.Table([item.Json]).Write(console, wide: true, _widths);
        else if (choice.Format == OutputFormat.Name) console.Out.WriteLine(item.Name);
        else if (choice.Format is OutputFormat.Json or OutputFormat.Yaml) Event(type, item);
    }

    private void Event(string type, ListedItem item)
    {
        var told = new JsonObject { ["type"] = type, ["object"] = item.Json.DeepClone() };
        if (choice.Format == OutputFormat.Json) console.Out.WriteLine(told.ToJsonString(DomainJson.Options));
        else console.Out.Write("---\n" + ResourceWriter.ToYaml(told));
    }

    private void Rows(IReadOnlyList<ListedItem> items)
    {
        Table table = empty();
        foreach (ListedItem item in items) item.AddTo(table);
        _widths = table.Write(console, choice.Format == OutputFormat.Wide, _widths);
    }
}
