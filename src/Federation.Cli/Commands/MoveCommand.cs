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
        var dataLoss = new Option<bool>("--accept-data-loss") { Description = "For volumes whose home is confirmed lost: starts it elsewhere, with them empty" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask before data is given up" };
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
              fedctl move db --accept-data-loss
            """) { workload, to, from, replicas, dryRun, undo, dataLoss, yes, wait, timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(dataLoss) && (result.GetValue(undo) || result.GetValue(to) is not null || result.GetValue(from) is not null || result.GetValue(replicas) is not null))
                result.AddError("--accept-data-loss stands alone: where the workload starts then, its policy says");
        });
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            string? target = parse.GetValue(to);
            if (parse.GetValue(dataLoss))
            {
                await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct);
                if (await GiveUpAsync(scope.Console, session, name, parse.GetValue(dryRun), parse.GetValue(yes), ct) && parse.GetValue(wait))
                    await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], parse.GetValue(timeout) ?? DefaultTimeout, ct);
                return ExitCode.Done;
            }
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

    private static async Task<bool> GiveUpAsync(CliConsole console, PlaneSession session, string name, bool dryRun, bool yes, CancellationToken ct)
    {
        DataLossReply reply = await session.Client.AcceptDataLossAsync(name, dryRun: true, ct: ct);
        string volumes = string.Join(", ", reply.Volumes), others = reply.AlsoFreed.Count == 0 ? "" : $", and so would {string.Join(", ", reply.AlsoFreed)}";
        if (dryRun)
        {
            console.Out.WriteLine($"workload/{name} would start elsewhere without the data of volume {volumes} on {reply.Place}{others} (dry run)");
            return false;
        }
        if (!yes)
        {
            if (!console.InIsTerminal) throw new CliException(ExitCode.Usage, "--accept-data-loss asks before data is given up, and there is no terminal to ask at", "give --yes");
            console.Error.WriteLine($"The data of volume {volumes} on {reply.Place} is given up: workload {name} starts elsewhere with it empty{others}.");
            console.Error.Write("give it up? [y/N] ");
            if (console.In.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new CliException(ExitCode.Failed, "not confirmed; nothing was changed", $"see what is known of it: fedctl explain workload {name}");
        }
        await session.Client.AcceptDataLossAsync(name, ct: ct);
        console.Out.WriteLine($"workload/{name} starts elsewhere without the data of volume {volumes} on {reply.Place}");
        return true;
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
