using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl wait</c></summary>
internal static class WaitCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.25);

    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND NAME... or KIND/NAME...", Arity = ArgumentArity.OneOrMore };
        var until = new Option<string>("--for") { Description = "ready (workloads, clusters), completed (workloads that end by design) or deleted", Required = true, HelpName = "STATE" };
        until.AcceptOnlyFromAmong("ready", "completed", "deleted");
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "Default 5m");
        var command = new Command("wait", """
            Waits until resources are ready, have run to their end, or are gone

            A workload that ended by design counts as ready, too. One whose replica ended with a failure and is not restarted ends the waiting with 1.

            Examples:
              fedctl wait workload/web --for=ready --timeout 2m
              fedctl wait workload/migrate --for=completed
              fedctl wait cluster us-cloud --for=ready
            """) { what, until, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            IReadOnlyList<ResourceTarget> targets = ResourceTarget.ParseNamed(parse.GetValue(what)!);
            TimeSpan patience = parse.GetValue(timeout) ?? DefaultTimeout;
            if (parse.GetValue(until) == "deleted")
            {
                await session.UntilGoneAsync([.. targets.Select(target => (target.Kind, session.Namespace, target.Name!))], patience, ct);
                return ExitCode.Done;
            }
            foreach (ResourceTarget target in targets) await session.RequireAsync(target.Kind, target.Name!, ct);
            (string, string)[] workloads = [.. targets.Where(target => target.Kind.Name == "Workload").Select(target => (session.Namespace, target.Name!))];
            if (parse.GetValue(until) == "completed" && workloads.Length < targets.Count) throw new CliException(ExitCode.Usage, "only workloads run to an end", "for example: fedctl wait workload/migrate --for=completed");
            var progress = new ReadyProgress(session, scope.Console);
            if (workloads.Length > 0) await (parse.GetValue(until) == "completed" ? progress.WaitForEndAsync(workloads, patience, ct) : progress.WaitAsync(workloads, patience, ct));
            foreach (ResourceTarget target in targets.Where(target => target.Kind.Name != "Workload"))
            {
                if (target.Kind != ResourceKind.Of<Cluster>()) throw new CliException(ExitCode.Usage, $"a {target.Kind.Name} is not waited for: it is ready once it is applied");
                await ClusterReadyAsync(session, target.Name!, patience, ct);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ClusterReadyAsync(PlaneSession session, string name, TimeSpan patience, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ClusterStatus? status = ((Cluster)await PlanePatience.WithinAsync(patience, start, token => session.RequireAsync(ResourceKind.Of<Cluster>(), name, token), ct)).Status;
            if (status?.State?.IsInContact() == true) return;
            if (TimeProvider.System.GetElapsedTime(start) > patience)
                throw new CliException(ExitCode.Timeout, $"cluster/{name} is {status?.State?.ToString() ?? "Unknown"} after {patience.TotalSeconds:0} s", $"see why with: fedctl describe cluster {name}");
            await Task.Delay(Pause, ct);
        }
    }
}
