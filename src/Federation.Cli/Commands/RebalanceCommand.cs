using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl rebalance</c></summary>
internal static class RebalanceCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    public static Command Create(CommandScope scope)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would move, and changes nothing" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask" };
        var wait = new Option<bool>("--wait") { Description = "Waits until everything has moved" };
        var end = new Option<bool>("--end") { Description = "Ends a rebalancing where it is: what has moved stays" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 10m)");
        Option<OutputFormat> output = GetCommand.OutputOption();
        var command = new Command("rebalance", """
            Moves stateless workloads to where they would be better placed

            By itself the plane moves as little as it can, so that a new cluster stays empty, and a returned one too. This shows what would gain enough to be
            worth a move and why, asks, and carries it out: new replicas are ready before old ones end, under every workload's disruption budget. Singletons,
            workloads with volumes and those that a move has pinned stay. When nothing would gain any more, nothing moves.

            Examples:
              fedctl rebalance --dry-run
              fedctl rebalance --yes --wait
              fedctl rebalance --end
            """) { dryRun, yes, wait, end, timeout, output };
        command.Validators.Add(result =>
        {
            if (result.GetValue(end) && (result.GetValue(dryRun) || result.GetValue(wait))) result.AddError("--end stands alone");
            if (result.GetValue(dryRun) && result.GetValue(wait)) result.AddError("--dry-run changes nothing that could be waited for");
        });
        scope.Handle(command, async (session, parse, ct) =>
        {
            if (parse.GetValue(end))
            {
                await session.Client.EndRebalanceAsync(ct);
                scope.Console.Out.WriteLine("no rebalancing is under way any more");
                return ExitCode.Done;
            }
            RebalanceReply plan = await session.Client.PlanRebalanceAsync(ct);
            Write(scope.Console, plan, parse.GetValue(output));
            if (parse.GetValue(dryRun)) return ExitCode.Done;
            if (plan.Moves.Count > 0)
            {
                Ask(scope.Console, parse.GetValue(yes));
                await session.Client.RebalanceAsync(plan.Plan, ct);
                scope.Console.Error.WriteLine("the rebalancing is under way");
            }
            if (parse.GetValue(wait)) await WaitAsync(scope.Console, session, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(CliConsole console, RebalanceReply plan, OutputFormat format)
    {
        if (format is OutputFormat.Json or OutputFormat.Yaml)
        {
            ResourceOutput.WriteValue(console, JsonSerializer.SerializeToNode(plan, DomainJson.Options), format);
            return;
        }
        if (plan.Pending > 0) console.Error.WriteLine($"{Workloads(plan.Pending)} still moving by an earlier rebalancing");
        if (plan.Moves.Count == 0)
        {
            console.Out.WriteLine("nothing to move: no workload would be better placed elsewhere");
            return;
        }
        var table = new Table(new("WORKLOAD"), new("FROM"), new("TO"), new("REPLICAS", Right: true), new("WHY"));
        foreach (MoveView move in plan.Moves) table.Add(move.Workload, move.From, move.To, move.Replicas.ToString(CultureInfo.InvariantCulture), move.Why ?? "");
        table.Write(console, wide: format == OutputFormat.Wide);
        console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the busiest cluster is {100 * plan.BusiestBefore:0}% taken, and would be {100 * plan.BusiestAfter:0}%"));
        if (plan.PriceBefore != plan.PriceAfter) console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an hour of what moves costs {plan.PriceBefore:0.####}, and would cost {plan.PriceAfter:0.####}"));
    }

    private static void Ask(CliConsole console, bool yes)
    {
        if (yes) return;
        if (!console.InIsTerminal) throw new CliException(ExitCode.Usage, "rebalance asks before it moves, and there is no terminal to ask at", "look with --dry-run, then give --yes");
        console.Error.Write("move these? [y/N] ");
        if (console.In.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new CliException(ExitCode.Failed, "not confirmed; nothing was changed", "look again with: fedctl rebalance --dry-run");
    }

    private static async Task WaitAsync(CliConsole console, PlaneSession session, TimeSpan timeout, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        for (int shown = 0; ; await Task.Delay(Pause, ct))
        {
            int pending = (await session.Client.PlanRebalanceAsync(ct)).Pending;
            if (pending == 0) return;
            if (pending != shown) console.Error.WriteLine($"{Workloads(pending)} still moving");
            shown = pending;
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
                throw new CliException(ExitCode.Timeout, $"{Workloads(pending)} still moving after {timeout.TotalSeconds:0} s", "they go on: fedctl get workloads shows them as Progressing, and fedctl describe workload NAME what one waits for; end it with: fedctl rebalance --end");
        }
    }

    private static string Workloads(int count) => count == 1 ? "1 workload is" : string.Create(CultureInfo.InvariantCulture, $"{count} workloads are");
}
