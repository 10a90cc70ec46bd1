using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl logs</c></summary>
internal static class LogsCommand
{
    private const int All = -1;
    private static readonly int[] Palette = [36, 33, 35, 32, 34, 96, 93, 95];

    public static Command Create(CommandScope scope, Func<PlaneSession, string, CancellationToken, Task<string>>? find = null)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on until Ctrl-C" };
        var tail = new Option<int?>("--tail") { Description = "The last N lines of each replica, or all (default 100)", HelpName = "N", CustomParser = Tail };
        Option<DateTimeOffset?> since = new("--since") { Description = "Only lines younger than this: 5m, or 2026-01-31T12:00:00Z", HelpName = "TIME", CustomParser = Durations.Since };
        var previous = new Option<bool>("--previous", "-p") { Description = "What was written before each replica's present process started: why did it restart?" };
        var clusters = new Option<string[]>("--cluster") { Description = "Only replicas in this cluster; may be repeated", HelpName = "NAME" };
        var nodes = new Option<string[]>("--node") { Description = "Only replicas on nodes of this name; may be repeated", HelpName = "NAME" };
        var replicas = new Option<string[]>("--replica") { Description = "Only this replica; may be repeated", HelpName = "ID" };
        Option<Regex?> grep = Parsing.Option("--grep", [], "Only lines in which this regular expression is found", "REGEX", static text => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        var invert = new Option<bool>("--invert") { Description = "With --grep: only lines in which it is not found" };
        var times = new Option<bool>("--timestamps", "-t") { Description = "With the time of each line" };
        var raw = new Option<bool>("--raw") { Description = "The lines as they were written, without their replica" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("logs", """
            Shows the output of all replicas of a workload, in all clusters, each line under its replica

            Examples:
              fedctl logs web
              fedctl logs -f api --tail 10
              fedctl logs api --since 5m --grep 'error|timeout' --timestamps
              fedctl logs api --cluster edge --previous

            A native node keeps both outputs of a process in one file, in the order in which they were written,
            so that which of them a line came from is not known.
            """) { workload, follow, tail, since, previous, clusters, nodes, replicas, grep, invert, times, json, raw };
        if (find is not null)
        {
            foreach (string needless in (string[])["--no-trunc", "--no-task-ids", "--no-resolve"]) command.Options.Add(new Option<bool>(needless) { Description = "Is not needed: a line says its cluster, node and replica in full" });
        }
        scope.Handle(command, async (session, parse, ct) =>
        {
            // docker's -n is a number of lines.
            if (find is not null && session.Namespace.All(char.IsAsciiDigit)) throw new CliException(ExitCode.Usage, $"-n {session.Namespace} is a namespace here", $"the number of lines: --tail {session.Namespace}");
            var colours = new Dictionary<string, int>(StringComparer.Ordinal);
            string word = parse.GetValue(workload)!, name = find is null ? ResourceTarget.WorkloadName(word) : await find(session, word, ct);
            Regex? pattern = parse.GetValue(grep);
            // A search is among all lines, unless a tail is asked for.
            var query = new LogQuery
            {
                Follow = parse.GetValue(follow) && !parse.GetValue(previous),
                Tail = parse.GetValue(tail) is { } lines ? lines == All ? null : lines : pattern is null ? 100 : null,
                Since = parse.GetValue(since),
                Previous = parse.GetValue(previous),
                Clusters = parse.GetValue(clusters) ?? [],
                Nodes = parse.GetValue(nodes) ?? [],
                Replicas = parse.GetValue(replicas) ?? [],
            };
            try
            {
                await foreach (LogLine line in session.Client.LogsAsync(name, query, ct: ct)) await WriteAsync(line);
            }
            catch (OperationCanceledException) when (query.Follow && ct.IsCancellationRequested)
            {
                // The caller has seen enough.
            }
            return ExitCode.Done;

            async Task WriteAsync(LogLine line)
            {
                if (line.Stream != "plane" && pattern is not null && pattern.IsMatch(line.Text) == parse.GetValue(invert)) return;
                if (line.Stream == "plane") scope.Console.Error.WriteLine($"({line.Cluster}{(line.Node is null ? "" : $"/{line.Node}")}: {line.Text})");
                else scope.Console.Out.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(line, DomainJson.Options) : parse.GetValue(raw) ? line.Text : Text(line, parse.GetValue(times), scope.Console.OutIsTerminal, colours));
                if (query.Follow) await scope.Console.Out.FlushAsync(ct);
            }
        });
        return command;
    }

    private static int? Tail(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        if (text == "all") return All;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines)) return lines;
        argument.AddError($"--tail: '{text}' is no number of lines, nor all");
        return null;
    }

    private static string Text(LogLine line, bool times, bool terminal, Dictionary<string, int> colours)
    {
        string label = $"{line.Cluster}/{line.Node ?? "-"} {line.Replica}";
        if (terminal)
        {
            if (!colours.TryGetValue(label, out int colour)) colours[label] = colour = Palette[colours.Count % Palette.Length];
            label = $"\e[{colour}m{label}\e[0m";
        }
        string time = times ? line.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture) : "";
        // A replica's escapes are its own on a terminal's line, but must not reach the next.
        return $"{label} | {time}{line.Text}{(terminal ? "\e[0m" : "")}";
    }
}
