using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client.Resources;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Stacks;

/// <summary>A stack as its members make it: what belongs together, and how far it is.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The stack.</param>
/// <param name="Members">Its resources in the order of application, then of names.</param>
internal sealed record StackView(string Namespace, string Name, IReadOnlyList<(ResourceKind Kind, Resource Item)> Members)
{
    /// <summary>Phases from the worst: a stack is as its worst workload is.</summary>
    private static readonly string[] Phases = ["Deleting", "Stranded", "Degraded", "Pending", "Progressing", "Ready", "Completed"];

    public IEnumerable<Workload> Workloads => Members.Select(member => member.Item).OfType<Workload>();

    public int ReadyWorkloads => Workloads.Count(workload => ResourceTable.State(workload) is "Ready" or "Completed");

    public string State => Workloads.Select(ResourceTable.State).OrderBy(phase => Array.IndexOf(Phases, phase)).FirstOrDefault("Ready");

    /// <summary>The stacks of the client's namespace, or of all namespaces.</summary>
    /// <param name="session">The plane.</param>
    /// <param name="everywhere">Whether those of all namespaces.</param>
    /// <param name="names">Only these; all if empty.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="CliException">One of the names is none's.</exception>
    public static async Task<IReadOnlyList<StackView>> ListAsync(PlaneSession session, bool everywhere, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var members = new List<(ResourceKind Kind, Resource Item)>();
        foreach (ResourceKind kind in Applying.StackMembers.Kinds)
        {
            ResourceSet<Resource> set = await session.Client.ListAsync(kind, new ListQuery { AllNamespaces = everywhere, LabelSelector = StackLabel.Key }, ct);
            members.AddRange(set.Items.Where(item => StackLabel.Of(item.Metadata) is not null).Select(item => (kind, item)));
        }
        StackView[] stacks = [.. members.GroupBy(member => (member.Item.Metadata.Namespace, StackLabel.Of(member.Item.Metadata)))
            .Select(group => new StackView(group.Key.Namespace!, group.Key.Item2!, [.. group.OrderBy(member => member.Kind.ApplyOrder).ThenBy(member => member.Item.Metadata.Name, StringComparer.Ordinal)]))
            .OrderBy(stack => stack.Namespace, StringComparer.Ordinal).ThenBy(stack => stack.Name, StringComparer.Ordinal)];
        return names.FirstOrDefault(name => stacks.All(stack => stack.Name != name)) is { } missing
            ? throw new CliException(ExitCode.NotFound, $"there is no stack {missing}", "see what is: fedctl get stacks")
            : [.. stacks.Where(stack => names.Count == 0 || names.Contains(stack.Name))];
    }

    /// <summary>The columns of <c>get stacks</c>.</summary>
    public static Table Empty(bool withNamespace) =>
        new([.. withNamespace ? [new Column("NAMESPACE")] : Array.Empty<Column>(), new("NAME"), new("WORKLOADS READY", Right: true), new("RESOURCES", Right: true), new("STATE")]);

    /// <summary>The stack as lists show it.</summary>
    public ListedItem Listed(bool withNamespace) => new($"{(withNamespace ? $"{Namespace}/" : "")}stack/{Name}", Json(), table => table.Add(
    [
        .. withNamespace ? [Namespace] : Array.Empty<string>(), Name,
        string.Create(CultureInfo.InvariantCulture, $"{ReadyWorkloads}/{Workloads.Count()}"), Members.Count.ToString(CultureInfo.InvariantCulture), State,
    ]));

    /// <summary>Writes everything about the stack.</summary>
    public void Describe(CliConsole console)
    {
        console.Out.WriteLine($"Stack {Namespace}/{Name}");
        console.Out.WriteLine($"  {"State:",-16}{State}");
        console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"Workloads:",-16}{ReadyWorkloads} of {Workloads.Count()} ready"));
        console.Out.WriteLine("Resources:");
        var table = new Table(new("RESOURCE"), new("STATE"), new("MESSAGE"));
        foreach ((ResourceKind kind, Resource item) in Members)
        {
            var workload = item as Workload;
            table.Add(ResourceTarget.Of(kind, item.Metadata.Name), workload is null ? "-" : ResourceTable.State(workload), workload?.Status?.Message ?? "-");
        }
        table.Write(console, wide: true);
    }

    private JsonObject Json() => new()
    {
        ["namespace"] = Namespace,
        ["name"] = Name,
        ["state"] = State,
        ["readyWorkloads"] = ReadyWorkloads,
        ["resources"] = new JsonArray([.. Members.Select(member => (JsonNode)ResourceTarget.Of(member.Kind, member.Item.Metadata.Name))]),
    };
}
