using System.CommandLine;
using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Workloads;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl failback</c></summary>
internal static class FailbackCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);

    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var wait = new Option<bool>("--wait") { Description = "Waits until it is ready there" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("failback", """
            Brings a workload back to the clusters that it had to leave when they were lost

            For policies with failover: { failback: manual }; with automatic it does so by itself after a quiet time, and this does not wait for that.
            New replicas are ready before old ones end; a singleton stops before it starts. A home without room is refused with the planner's reason.

            Examples:
              fedctl failback web --wait
            """) { workload, wait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct);
            MoveReply reply = await session.Client.FailBackAsync(name, ct: ct);
            if (reply.Moves.Count == 0) scope.Console.Out.WriteLine($"workload/{name} is home already");
            foreach (MoveView move in reply.Moves)
                scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"workload/{name} moves {move.Replicas} from {move.From} to {move.To}"));
            if (!parse.GetValue(wait)) return ExitCode.Done;
            TimeSpan limit = parse.GetValue(timeout) ?? DefaultTimeout;
            await UntilDecidedAsync(session, name, limit, ct);
            await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], limit, ct);
            return ExitCode.Done;
        });
        return command;
    }

    // Until the planner has decided it, the workload is as ready as before.
    private static async Task UntilDecidedAsync(PlaneSession session, string name, TimeSpan limit, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (((Workload)await session.RequireAsync(ResourceTarget.KindOf("workload"), name, ct)).Status?.Displaced is { } displaced)
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                throw new CliException(ExitCode.Timeout, $"workload {name} is not home after {limit.TotalSeconds:0} s: {displaced}", $"see why: fedctl explain workload {name}");
            await Task.Delay(Pause, ct);
        }
    }
}
