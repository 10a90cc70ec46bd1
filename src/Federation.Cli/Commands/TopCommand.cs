using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Domain.Quantities;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl top</c></summary>
internal static class TopCommand
{
    private static readonly Column[] Amount = [new("CPU", Right: true), new("OF", Right: true), new("MEMORY", Right: true), new("OF", Right: true), new("NET IN", Right: true), new("NET OUT", Right: true)];

    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string>("what") { Description = "replicas, workloads, nodes, clusters or routes" };
        what.AcceptOnlyFromAmong("replicas", "workloads", "nodes", "clusters", "routes");
        var of = new Argument<string?>("name") { Description = "Only this workload, node or cluster", Arity = ArgumentArity.ZeroOrOne };
        var sort = new Option<string>("--sort") { Description = "cpu, memory or name (default name)", DefaultValueFactory = _ => "name", HelpName = "COLUMN" };
        sort.AcceptOnlyFromAmong("cpu", "memory", "name");
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Replicas and workloads of all namespaces of the tenant" };
        Option<OutputFormat> output = GetCommand.OutputOption();
        var command = new Command("top", """
            Shows what replicas, workloads, nodes and clusters use now, and what routes carry

            CPU is in cores and memory in bytes, measured by each node's agent over 0.3 s. A node's figures are
            its whole machine's, with what else runs there; nodes on one machine show the same.
            Replicas share their node's network, so that their own traffic is not told apart: it is shown as -.
            Routes show what the gateway saw in the last half minute; an error is an answer of 500 or above.

            Examples:
              fedctl top nodes
              fedctl top replicas web
              fedctl top workloads --sort memory
              fedctl top clusters -o json
              fedctl top routes
            """) { what, of, sort, everywhere, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            if (parse.GetValue(what) == "routes")
            {
                await RoutesAsync(session, scope.Console, parse.GetValue(of), parse.GetValue(everywhere), parse.GetValue(output), ct);
                return ExitCode.Done;
            }
            UsageReport report = await session.Client.UsageAsync(ct);
            foreach (string silent in report.Silent) scope.Console.Error.WriteLine($"({silent})");
            bool all = parse.GetValue(everywhere);
            string? name = parse.GetValue(of);
            Row[] rows =
            [
                .. (parse.GetValue(what) switch
                {
                    "replicas" => Replicas(report, all ? null : session.Namespace, name is null ? null : ResourceTarget.WorkloadName(name)),
                    "workloads" => Workloads(report, all ? null : session.Namespace, name is null ? null : ResourceTarget.WorkloadName(name)),
                    "nodes" => Nodes(report, name),
                    _ => Clusters(report, name),
                }).OrderBy(row => parse.GetValue(sort) switch { "cpu" => -row.CpuMillis ?? 1, "memory" => -row.MemoryBytes ?? 1, _ => 0 }).ThenBy(static row => row.Name, StringComparer.Ordinal),
            ];
            OutputFormat format = parse.GetValue(output);
            if (format is OutputFormat.Json or OutputFormat.Yaml) ResourceOutput.WriteValue(scope.Console, JsonSerializer.SerializeToNode(rows, DomainJson.Options), format);
            else if (format is OutputFormat.Name) foreach (Row row in rows) scope.Console.Out.WriteLine(row.Name);
            else Write(scope.Console, rows, format == OutputFormat.Wide);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task RoutesAsync(PlaneSession session, CliConsole console, string? address, bool everywhere, OutputFormat format, CancellationToken ct)
    {
        RouteTrafficView[] views =
        [
            .. (await session.Client.TrafficAsync(ct)).Where(view => (everywhere || view.Namespace == session.Namespace) && (address is null || view.Address.StartsWith(address, StringComparison.OrdinalIgnoreCase)))
                .OrderByDescending(static view => view.RequestsPerSecond).ThenBy(static view => view.Address, StringComparer.Ordinal),
        ];
        if (format is OutputFormat.Json or OutputFormat.Yaml) ResourceOutput.WriteValue(console, JsonSerializer.SerializeToNode(views, DomainJson.Options), format);
        else if (format is OutputFormat.Name) foreach (RouteTrafficView view in views) console.Out.WriteLine(view.Address);
        else
        {
            if (views.Length == 0) console.Error.WriteLine("No route was asked for anything in the last half minute.");
            var table = new Table([new("ROUTE"), new("WORKLOAD"), new("REQ/S", Right: true), new("ERRORS/S", Right: true), new("MEDIAN", Right: true), new("P99", Right: true)]);
            foreach (RouteTrafficView view in views)
                table.Add(view.Address, everywhere ? $"{view.Namespace}/{view.Workload}" : view.Workload, Number(view.RequestsPerSecond), Number(view.ErrorsPerSecond), Duration(view.MedianSeconds), Duration(view.P99Seconds));
            table.Write(console, format == OutputFormat.Wide);
        }
    }

    private static string Number(double perSecond) => perSecond.ToString(perSecond >= 10 ? "0" : "0.##", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) => seconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.#}ms") : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#}s");

    private static IEnumerable<Row> Replicas(UsageReport report, string? room, string? workload) => report.Nodes
        .SelectMany(node => node.Replicas
            .Where(replica => (room is null || replica.Namespace == room) && (workload is null || replica.Workload == workload))
            .Select(replica => new Row(replica.Id, $"{node.Cluster}/{node.Node}", replica.CpuMillis, null, replica.MemoryBytes, replica.MemoryLimitBytes, null, null)));

    private static IEnumerable<Row> Workloads(UsageReport report, string? room, string? workload) => report.Nodes
        .SelectMany(node => node.Replicas)
        .Where(replica => (room is null || replica.Namespace == room) && (workload is null || replica.Workload == workload))
        .GroupBy(replica => (replica.Namespace, replica.Workload))
        .Select(group => new Row(room is null ? $"{group.Key.Namespace}/{group.Key.Workload}" : group.Key.Workload, $"{group.Count().ToString(CultureInfo.InvariantCulture)} replicas",
            Sum(group, static replica => replica.CpuMillis), null, Sum(group, static replica => replica.MemoryBytes), Sum(group, static replica => replica.MemoryLimitBytes), null, null));

    private static IEnumerable<Row> Nodes(UsageReport report, string? name) => report.Nodes
        .Where(node => name is null || node.Node == name || $"{node.Cluster}/{node.Node}" == name)
        .Select(node => new Row($"{node.Cluster}/{node.Node}", Count(node.Replicas.Count), node.CpuMillis, node.CpuCapacityMillis, node.MemoryBytes, node.MemoryCapacityBytes, node.ReceivedBytesPerSecond, node.SentBytesPerSecond));

    private static IEnumerable<Row> Clusters(UsageReport report, string? name) => report.Nodes
        .Where(node => name is null || node.Cluster == name)
        .GroupBy(static node => node.Cluster)
        .Select(group => new Row(group.Key, Count(group.Sum(static node => node.Replicas.Count)), Sum(group, static node => node.CpuMillis), Sum(group, static node => node.CpuCapacityMillis),
            Sum(group, static node => node.MemoryBytes), Sum(group, static node => node.MemoryCapacityBytes), Sum(group, static node => node.ReceivedBytesPerSecond), Sum(group, static node => node.SentBytesPerSecond)));

    private static void Write(CliConsole console, IReadOnlyList<Row> rows, bool wide)
    {
        if (rows.Count == 0) console.Error.WriteLine("There are none.");
        var table = new Table([new("NAME"), new("WHERE"), .. Amount]);
        foreach (Row row in rows)
            table.Add(row.Name, row.Where, Cpu(row.CpuMillis), Cpu(row.CpuOfMillis), Bytes(row.MemoryBytes), Bytes(row.MemoryOfBytes), Rate(row.ReceivedBytesPerSecond), Rate(row.SentBytesPerSecond));
        table.Write(console, wide);
    }

    private static string Count(int replicas) => replicas == 1 ? "1 of yours" : string.Create(CultureInfo.InvariantCulture, $"{replicas} of yours");

    // Where any part is not known the sum is not either.
    private static long? Sum<T>(IEnumerable<T> parts, Func<T, long?> amount) => parts.Aggregate((long?)0, (sum, part) => sum + amount(part));

    private static string Cpu(long? millis) => millis is { } known ? Amounts.Of(new CpuMillis(known)) : "-";

    private static string Bytes(long? bytes) => bytes is { } known ? Amounts.Of(new MemoryBytes(known)) : "-";

    private static string Rate(long? bytes) => bytes switch
    {
        null => "-",
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#}Mi/s"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 10):0.#}Ki/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes}B/s"),
    };

    private sealed record Row(string Name, string Where, long? CpuMillis, long? CpuOfMillis, long? MemoryBytes, long? MemoryOfBytes, long? ReceivedBytesPerSecond, long? SentBytesPerSecond);
}
