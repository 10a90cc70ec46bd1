using System.CommandLine;
using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl move</c></summary>
internal static class MoveCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var to = new Option<string?>("--to") { Description = "The cluster that takes the replicas", HelpName = "CLUSTER" };
        var from = new Option<string?>("--from") { Description = "The cluster that gives them; any if left out", HelpName = "CLUSTER" };
        var replicas = new Option<int?>("--replicas") { Description = "How many; all if left out", HelpName = "NUMBER" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would move, and changes nothing" };
        var undo = new Option<bool>("--undo") { Description = "Takes the wish back; what has moved stays until something else moves it" };
        var wait = new Option<bool>("--wait") { Description = "Waits until it is ready there" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("move", """
            Says in which cluster a workload's replicas are wanted

            The planner honours it from now on, as far as the policy allows the cluster and it has room; a wish that it cannot fulfil now is refused with its
            reason. New replicas are ready before old ones end; singletons stop before they start. A later move takes the place of an earlier one.

            Examples:
              fedctl move web --to us-cloud --wait
              fedctl move web --from us-cloud --to eu-cloud --replicas 2 --dry-run
              fedctl move web --undo
            """) { workload, to, from, replicas, dryRun, undo, wait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            string? target = parse.GetValue(to);
            if (parse.GetValue(undo) == target is not null) throw new CliException(ExitCode.Usage, "name a cluster with --to, or take the wish back with --undo", $"for example: fedctl move {name} --to us-cloud");
            await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct);
            if (target is not null) await new Place(target, null).RequireAsync(session, ct);
            var request = new MoveRequest(target, parse.GetValue(from), parse.GetValue(replicas));
            bool dry = parse.GetValue(dryRun);
            MoveReply reply = await session.Client.MoveAsync(name, request, dry, ct: ct);
            Write(scope.Console.Out, name, target, reply, dry);
            if (parse.GetValue(wait) && !dry) await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(TextWriter output, string name, string? target, MoveReply reply, bool dryRun)
    {
        if (target is null)
        {
            output.WriteLine($"workload/{name} is wanted nowhere in particular{(dryRun ? " (dry run)" : "")}");
            return;
        }
        if (reply.Moves.Count == 0) output.WriteLine($"workload/{name} has nothing to move: it is kept in {target}{(dryRun ? " (dry run)" : "")}");
        foreach (MoveView move in reply.Moves)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"workload/{name} {(dryRun ? "would move" : "moves")} {move.Replicas} from {move.From} to {move.To}"));
    }
}
