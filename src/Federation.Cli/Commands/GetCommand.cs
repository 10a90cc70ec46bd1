using System.CommandLine;
using Federation.Cli.Rendering;
using Federation.Cli.Rendering.Templates;
using Federation.Cli.Session;
using Federation.Cli.Stacks;
using Federation.Client.Resources;
using Federation.Domain.Resources;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl get</c></summary>
internal static class GetCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND, KIND NAME..., KIND/NAME..., or nodes, replicas [WORKLOAD], stacks [NAME]", Arity = ArgumentArity.OneOrMore };
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Over all namespaces of the tenant" };
        var labels = new Option<string?>("--selector", "-l") { Description = "Only those with these labels: app=shop,tier!=back", HelpName = "LABELS" };
        Option<FieldSelector?> fields = Parsing.Option("--field-selector", [], "Only those with these fields: status.phase=Ready,spec.replicas!=1", "FIELDS", FieldSelector.Parse);
        var watch = new Option<bool>("--watch", "-w") { Description = "Goes on with every change, until Ctrl-C" };
        var owners = new Option<bool>("--show-managed-fields") { Description = "With -o yaml or json of named resources: who owns which fields" };
        Option<OutputChoice> output = OutputChoice.Option();
        var command = new Command("get", """
            Shows resources, nodes and replicas

            Examples:
              fedctl get clusters
              fedctl get workloads -A -o wide
              fedctl get workload web -o yaml
              fedctl get workload web -o yaml --show-managed-fields
              fedctl get stacks
              fedctl get replicas web -w
              fedctl get workloads -l app=shop --field-selector status.phase!=Ready
              fedctl get workloads -o custom-columns=NAME:.metadata.name,WANTED:.spec.replicas
              fedctl get clusters -o 'jsonpath={range .items[?(@.status.state=="ready")]}{.metadata.name}{"\n"}{end}'
            """) { what, everywhere, labels, fields, watch, owners, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string[] words = parse.GetValue(what)!;
            OutputChoice choice = parse.GetValue(output)!;
            FieldSelector selector = parse.GetValue(fields) ?? FieldSelector.All;
            if (words[0] is "nodes" or "node" or "replicas" or "replica" or "no" or "rp")
            {
                bool nodes = words[0] is "nodes" or "node" or "no";
                string[] of = [.. words.Skip(1).Select(ResourceTarget.WorkloadName)];
                Func<Table> empty = nodes ? NodeTable.Empty : ReplicaTable.Empty;
                return await ListAsync(scope.Console, choice, parse.GetValue(watch), empty, async () =>
                    [.. (nodes ? await NodeTable.ListAsync(session, ct) : await ReplicaTable.ListAsync(session, of, parse.GetValue(labels), ct)).Where(item => selector.Holds(item.Json))], ct);
            }
            bool all = parse.GetValue(everywhere);
            if (words is ["stacks" or "stack", .. var stacks])
            {
                return await ListAsync(scope.Console, choice, parse.GetValue(watch), () => StackView.Empty(all), async () =>
                    [.. (await StackView.ListAsync(session, all, stacks, ct)).Select(stack => stack.Listed(all)).Where(item => selector.Holds(item.Json))], ct);
            }
            IReadOnlyList<ResourceTarget> targets = ResourceTarget.ParseAll(words);
            foreach (ResourceKind kind in targets.Select(static target => target.Kind).Distinct())
            {
                if (selector.UnknownIn(kind) is { } unknown)
                    throw new CliException(ExitCode.Usage, $"a {kind.Name} has no field '{unknown.Field}'", unknown.Nearest is { } near ? $"did you mean {near}?" : $"see its fields: fedctl explain {kind.Name.ToLowerInvariant()}");
            }
            if (parse.GetValue(watch)) return await WatchAsync(session, scope.Console, targets, new ListQuery { AllNamespaces = all && targets[0].Kind.Namespaced, LabelSelector = parse.GetValue(labels) }, selector, choice, ct);
            var found = new List<(ResourceKind Kind, Resource Item)>();
            foreach (ResourceTarget target in targets)
            {
                if (target.Name is { } name) found.Add((target.Kind, await session.RequireAsync(target.Kind, name, ct, parse.GetValue(owners))));
                else found.AddRange((await session.ListAsync(target.Kind, all, parse.GetValue(labels), ct)).Select(item => (target.Kind, item)));
            }
            bool single = targets is [{ Name: not null }];
            if (!single) found = [.. found.Where(entry => selector.Holds(ResourceOutput.Json(entry.Item)))];
            ResourceOutput.Write(scope.Console, found, choice, single, withNamespace: all);
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<OutputFormat> OutputOption() => new("--output", "-o") { Description = "table, wide, json, yaml or name", HelpName = "FORMAT" };

    private static async Task<int> WatchAsync(
        PlaneSession session, CliConsole console, IReadOnlyList<ResourceTarget> targets, ListQuery query, FieldSelector selector, OutputChoice choice, CancellationToken ct)
    {
        ResourceKind kind = targets[0].Kind;
        if (targets.Any(target => target.Kind != kind)) throw new CliException(ExitCode.Usage, "a watch is of one kind", $"for example: fedctl get {kind.Plural} -w");
        // A name that is not there is told as such, not waited for.
        foreach (ResourceTarget target in targets.Where(static target => target.Name is not null)) await session.RequireAsync(kind, target.Name!, ct);
        HashSet<string> names = [.. targets.Where(static target => target.Name is not null).Select(static target => target.Name!)];
        var shown = new WatchOutput(console, choice, () => ResourceTable.Of(kind, [], query.AllNamespaces, DateTimeOffset.UtcNow));
        try
        {
            await foreach (WatchUpdate<Resource> update in session.Client.WatchAsync(kind, query, ct: ct))
            {
                switch (update)
                {
                    case WatchUpdate<Resource>.Listed listed:
                        shown.All([.. listed.Items.Select(Item).Where(IsMeant)]);
                        break;
                    case WatchUpdate<Resource>.Changed { Item: var changed } when Item(changed) is var item:
                        if (IsMeant(item)) shown.Change(item);
                        else shown.Remove(item.Name);
                        break;
                    case WatchUpdate<Resource>.Removed { Item: var gone }:
                        shown.Remove(Item(gone).Name);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The caller has seen enough.
        }
        return ExitCode.Done;

        bool IsMeant(ListedItem item) => (names.Count == 0 || names.Contains(item.Json["metadata"]!["name"]!.GetValue<string>())) && selector.Holds(item.Json);

        ListedItem Item(Resource resource) => new(
            query.AllNamespaces ? $"{resource.Metadata.Namespace}/{ResourceTarget.Of(kind, resource.Metadata.Name)}" : ResourceTarget.Of(kind, resource.Metadata.Name),
            ResourceOutput.Json(resource),
            table => ResourceTable.Add(table, kind, resource, query.AllNamespaces, DateTimeOffset.UtcNow));
    }

    // Nodes and replicas have no watch of their own: they are looked at again.
    private static async Task<int> ListAsync(CliConsole console, OutputChoice choice, bool watch, Func<Table> empty, Func<Task<IReadOnlyList<ListedItem>>> list, CancellationToken ct)
    {
        if (!watch)
        {
            ListOutput.Write(console, await list(), empty(), choice);
            return ExitCode.Done;
        }
        var shown = new WatchOutput(console, choice, empty);
        try
        {
            while (true)
            {
                shown.All(await list());
                await Task.Delay(Pause, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }
}
