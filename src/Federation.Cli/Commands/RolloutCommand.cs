using System.CommandLine;
using System.Globalization;
using Federation.Cli.Rendering;
using Federation.Cli.Rollouts;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl rollout</c></summary>
internal static class RolloutCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope) => new("rollout", """
        Follows, halts, repeats and takes back a workload's templates

        Examples:
          fedctl rollout status web
          fedctl rollout history web --revision 3
          fedctl rollout undo web --to 2
          fedctl rollout pause web && fedctl apply -f web.yaml --no-wait && fedctl rollout resume web
        """)
    {
        Status(scope),
        History(scope),
        Undo(scope),
        Change(scope, "restart", "Starts every replica anew, one after the other", "is restarted", (session, name, ct) => session.Client.RestartAsync(name, ct: ct)),
        Pause(scope),
        Change(scope, "resume", "Lets a paused rollout go on; one that a failure has held is tried again", "goes on", (session, name, ct) => session.Client.ResumeAsync(name, ct: ct)),
    };

    private static Command Status(CommandScope scope)
    {
        Argument<string> workload = Workload();
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var noWait = new Option<bool>("--no-wait") { Description = "Shows how far it is, and waits for nothing" };
        var command = new Command("status", """
            Waits until the newest template runs everywhere

            Ends with 1 and the reason if it failed, with 6 if the time ran out.

            Example:
              fedctl rollout status web --timeout 2m
            """) { workload, noWait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct);
            var progress = new RolloutProgress(session, scope.Console);
            if (parse.GetValue(noWait))
            {
                await progress.ShowAsync(name, ct);
                return ExitCode.Done;
            }
            await progress.WaitAsync(name, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            scope.Console.Out.WriteLine($"workload/{name} is rolled out");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Undo(CommandScope scope)
    {
        var revision = new Option<string?>("--to", "--to-revision") { Description = "As 'rollout history' lists it, by number or hash; the newest other one if left out", HelpName = "REVISION" };
        return Change(scope, "undo", "Goes back to an earlier template", "goes back", async (session, parse, name, ct) =>
        {
            string? wanted = parse.GetValue(revision);
            if (wanted is not null && (await session.Client.RevisionsAsync(name, ct: ct)).All(known => known.Revision != wanted && Number(known) != wanted))
                throw new CliException(ExitCode.NotFound, $"workload/{name} has no revision {wanted}", $"see them with: fedctl rollout history {name}");
            await session.Client.UndoAsync(name, wanted, ct: ct);
        }, revision);
    }

    private static Command Pause(CommandScope scope)
    {
        Argument<string> workload = Workload();
        var command = new Command("pause", """
            Hands out no new template until it is resumed; what runs goes on

            Example:
              fedctl rollout pause web
            """) { workload };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            await session.Client.PauseAsync(name, ct: ct);
            scope.Console.Out.WriteLine($"workload/{name} is paused; go on with: fedctl rollout resume {name}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command History(CommandScope scope)
    {
        Argument<string> workload = Workload();
        var revision = new Option<string?>("--revision") { Description = "Only this one, whole", HelpName = "NUMBER" };
        Option<OutputFormat> output = GetCommand.OutputOption();
        var command = new Command("history", """
            Lists the templates that a workload had, or prints one

            Examples:
              fedctl rollout history web
              fedctl rollout history web --revision 2
            """) { workload, revision, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            IReadOnlyList<RevisionView> revisions = await session.Client.RevisionsAsync(name, ct: ct);
            if (parse.GetValue(revision) is not { } wanted)
            {
                RevisionTable.Write(scope.Console, revisions, parse.GetValue(output));
                return ExitCode.Done;
            }
            RevisionView one = revisions.LastOrDefault(known => known.Revision == wanted || Number(known) == wanted)
                ?? throw new CliException(ExitCode.NotFound, $"workload/{name} has no revision {wanted}", $"see them with: fedctl rollout history {name}");
            RevisionTable.Write(scope.Console, one, parse.GetValue(output));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Change(CommandScope scope, string verb, string description, string done, Func<PlaneSession, string, CancellationToken, Task> change) =>
        Change(scope, verb, description, done, (session, _, name, ct) => change(session, name, ct));

    private static Command Change(
        CommandScope scope, string verb, string description, string done, Func<PlaneSession, ParseResult, string, CancellationToken, Task> change, params Option[] options)
    {
        Argument<string> workload = Workload();
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until it runs everywhere" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command(verb, $"""
            {description}

            Example:
              fedctl rollout {verb} web
            """) { workload };
        foreach (Option option in (Option[])[.. options, noWait, timeout]) command.Options.Add(option);
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            await change(session, parse, name, ct);
            scope.Console.Out.WriteLine($"workload/{name} {done}");
            if (!parse.GetValue(noWait)) await new RolloutProgress(session, scope.Console).WaitAsync(name, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static string Number(RevisionView revision) => revision.Number.ToString(CultureInfo.InvariantCulture);

    private static Argument<string> Workload() => new("workload") { Description = "The workload" };
}
