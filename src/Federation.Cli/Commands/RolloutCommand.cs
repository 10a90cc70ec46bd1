using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl rollout</c></summary>
internal static class RolloutCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope) => new("rollout", """
        Follows, takes back or lists a workload's templates

        Examples:
          fedctl rollout status web
          fedctl rollout undo web
        """) { Status(scope), Undo(scope), History(scope) };

    private static Command Status(CommandScope scope)
    {
        Argument<string> workload = Workload();
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("status", """
            Waits until the newest template runs everywhere

            Example:
              fedctl rollout status web --timeout 2m
            """) { workload, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct);
            await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], parse.GetValue(timeout) ?? DefaultTimeout, ct);
            scope.Console.Out.WriteLine($"workload/{name} is rolled out");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Undo(CommandScope scope)
    {
        Argument<string> workload = Workload();
        var revision = new Option<string?>("--to-revision") { Description = "As 'rollout history' lists it, by number or hash; the one before the newest if left out", HelpName = "REVISION" };
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until it is ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("undo", """
            Goes back to an earlier template

            Examples:
              fedctl rollout undo web
              fedctl rollout undo web --to-revision 2
            """) { workload, revision, noWait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            string? wanted = parse.GetValue(revision);
            if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                wanted = (await session.Client.RevisionsAsync(name, ct: ct)).FirstOrDefault(known => known.Number == number)?.Revision
                    ?? throw new CliException(ExitCode.NotFound, $"workload/{name} has no revision {wanted}", $"see them with: fedctl rollout history {name}");
            await session.Client.UndoAsync(name, wanted, ct: ct);
            scope.Console.Out.WriteLine($"workload/{name} goes back");
            if (!parse.GetValue(noWait)) await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command History(CommandScope scope)
    {
        Argument<string> workload = Workload();
        Option<OutputFormat> output = GetCommand.OutputOption();
        var command = new Command("history", """
            Lists the templates that a workload had

            Example:
              fedctl rollout history web
            """) { workload, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            IReadOnlyList<RevisionView> revisions = await session.Client.RevisionsAsync(ResourceTarget.WorkloadName(parse.GetValue(workload)!), ct: ct);
            if (parse.GetValue(output) is OutputFormat.Json or OutputFormat.Yaml)
            {
                ResourceOutput.WriteValue(scope.Console, JsonSerializer.SerializeToNode(revisions, DomainJson.Options), parse.GetValue(output));
                return ExitCode.Done;
            }
            var table = new Table(new("NUMBER", Right: true), new("REVISION"), new("CURRENT"), new("AGE", Right: true));
            foreach (RevisionView revision in revisions)
                table.Add(revision.Number.ToString(CultureInfo.InvariantCulture), revision.Revision, revision.Current ? "yes" : "", Age.Of(revision.CreatedAt, DateTimeOffset.UtcNow));
            table.Write(scope.Console, parse.GetValue(output) == OutputFormat.Wide);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Workload() => new("workload") { Description = "The workload" };
}
