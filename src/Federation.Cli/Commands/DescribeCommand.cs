using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Cli.Stacks;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests.Writing;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl describe</c></summary>
internal static class DescribeCommand
{
    private const int ShownEvents = 10;

    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND NAME or KIND/NAME", Arity = ArgumentArity.OneOrMore };
        var command = new Command("describe", """
            Shows everything about a resource: its declaration, what became of it, its replicas and its last events

            Examples:
              fedctl describe workload web
              fedctl describe cluster eu-cloud
              fedctl describe stack shop
            """) { what };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string[] words = parse.GetValue(what)!;
            if (words is ["stack" or "stacks", .. { Length: > 0 } named])
            {
                foreach (StackView stack in await StackView.ListAsync(session, everywhere: false, named, ct)) stack.Describe(scope.Console);
                return ExitCode.Done;
            }
            foreach (ResourceTarget target in ResourceTarget.ParseNamed(words))
                await WriteAsync(session, scope.Console, target, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAsync(PlaneSession session, CliConsole console, ResourceTarget target, CancellationToken ct)
    {
        Resource resource = await session.RequireAsync(target.Kind, target.Name!, ct);
        JsonNode item = ResourceOutput.Json(resource);
        JsonNode metadata = item["metadata"]!;
        console.Out.WriteLine($"{target.Kind.Name} {(metadata["namespace"] is { } room ? $"{room}/" : "")}{target.Name}");
        foreach ((string name, string member) in ((string, string)[])[("Tenant", "tenant"), ("Created", "createdAt"), ("Generation", "generation"), ("Deleting since", "deletionRequestedAt")])
            if (metadata[member] is { } value) console.Out.WriteLine($"  {name + ":",-16}{value}");
        Section(console, "Labels", metadata["labels"]);
        Section(console, "Declared", item["spec"]);
        switch (target.Kind.Name)
        {
            case "Workload":
                await WriteWorkloadAsync(session, console, (Workload)resource, ct);
                break;
            case "Cluster":
                WriteCluster(console, (Cluster)resource);
                break;
            default:
                Section(console, "Status", item["status"]);
                break;
        }
        await WriteEventsAsync(session, console, target, metadata["namespace"]?.GetValue<string>(), ct);
    }

    private static async Task WriteWorkloadAsync(PlaneSession session, CliConsole console, Workload workload, CancellationToken ct)
    {
        WorkloadStatus status = workload.Status ?? new WorkloadStatus();
        console.Out.WriteLine();
        console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"State: {ResourceTable.State(workload)}, {status.Ready} of {status.Desired} replicas ready, {status.UpdatedReady} of the newest template"));
        if (status.Message is { } message) console.Out.WriteLine($"  {message}");
        if (status.Displaced is { } displaced) console.Out.WriteLine($"  {displaced}");
        IReadOnlyList<ReplicaView> replicas = await session.Client.ReplicasAsync(workload.Metadata.Name, ct: ct);
        if (replicas.Count > 0)
        {
            console.Out.WriteLine();
            ReplicaTable.Of(replicas, DateTimeOffset.UtcNow).Write(console, wide: false);
        }
        // Not in a table cell: this is the sentence that a person came for.
        foreach (ReplicaView replica in replicas.Where(replica => replica.LastEnd is not null || replica.Message is not null))
            console.Out.WriteLine($"  {replica.Id}: {string.Join("; ", new[] { replica.LastEnd is { } end ? $"last end: {end}" : null, replica.Message }.Where(text => text is not null))}");
    }

    private static void WriteCluster(CliConsole console, Cluster cluster)
    {
        console.Out.WriteLine();
        console.Out.WriteLine($"State: {cluster.Status?.State?.ToString() ?? "Unknown"}{(cluster.Status?.Reason is { Length: > 0 } reason ? $", {reason}" : "")}");
        if (cluster.Status?.Since is { } since) console.Out.WriteLine($"  since {Age.Of(since, DateTimeOffset.UtcNow)} ago ({since.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)})");
        if (cluster.Status is { Evidence: { Count: > 0 } evidence, State: { } state } && !state.IsInContact())
        {
            console.Out.WriteLine("  seen when it was judged:");
            foreach (string line in evidence) console.Out.WriteLine($"    {line}");
        }
        if (cluster.Status?.NodeList is not { Count: > 0 } nodes) return;
        NodeTable.Of([cluster]).Write(console, wide: false);
        foreach (NodeSummary node in nodes.Where(static node => node.State != VerdictState.Ready))
            console.Out.WriteLine($"  {node.Name}: {node.Reason ?? "no reason is known"}{(node.Since is { } at ? $", since {Age.Of(at, DateTimeOffset.UtcNow)} ago" : "")}");
    }

    private static async Task WriteEventsAsync(PlaneSession session, CliConsole console, ResourceTarget target, string? room, CancellationToken ct)
    {
        string about = $"{target.Kind.Name} {(room is null ? "" : $"{room}/")}{target.Name}";
        EventRecord[] events = [.. (await session.Client.EventsAsync(room, allNamespaces: room is null, about, ct)).TakeLast(ShownEvents)];
        if (events.Length == 0) return;
        console.Out.WriteLine();
        EventLines.Table(events, DateTimeOffset.UtcNow).Write(console, wide: false);
    }

    private static void Section(CliConsole console, string title, JsonNode? content)
    {
        if (content is null or JsonObject { Count: 0 }) return;
        console.Out.WriteLine();
        console.Out.WriteLine($"{title}:");
        foreach (string line in ResourceWriter.ToYaml(content).Split('\n', StringSplitOptions.RemoveEmptyEntries)) console.Out.WriteLine($"  {line}");
    }
}
