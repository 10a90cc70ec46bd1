using System.CommandLine;
using System.Globalization;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl drill</c></summary>
internal static class DrillCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommandScope scope) => new("drill", """
        Treats a cluster as lost for a while, and reports what became of it

        Examples:
          fedctl drill lose cluster us-cloud --for 2m --yes
          fedctl drill list
        """) { Lose(scope), List(scope), Stop(scope) };

    private static Command Lose(CommandScope scope)
    {
        var name = new Argument<string>("name") { Description = "The cluster" };
        Option<TimeSpan?> length = Durations.Option("--for", "How long, 5s to 1h (default 2m)");
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask" };
        var cluster = new Command("cluster", """
            Cuts a cluster off in the plane alone: its reports and leases are ignored, its tunnels refused

            What runs there runs on, but singletons stop, as in a real loss, since their leases are not renewed. The drill ends by itself, also if
            the plane fails meanwhile. Needs the platform's administrator.

            Example:
              fedctl drill lose cluster us-cloud --for 30s --yes
            """) { name, length, yes };
        scope.Handle(cluster, async (session, parse, ct) =>
        {
            string target = parse.GetValue(name)!;
            if (!parse.GetValue(yes))
            {
                if (!scope.Console.InIsTerminal) throw new CliException(ExitCode.Usage, $"cluster {target} would be treated as lost, and its singletons stop", "say --yes if that is meant");
                scope.Console.Error.Write($"Cluster {target} is treated as lost, and its singletons stop. Type its name to go on: ");
                if (scope.Console.In.ReadLine()?.Trim() != target) throw new CliException(ExitCode.Failed, "nothing was done");
            }
            DrillView drill = await session.Client.BeginDrillAsync(new DrillRequest(target, (int)(parse.GetValue(length) ?? TimeSpan.FromMinutes(2)).TotalSeconds), ct);
            scope.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"drill {drill.Id}: cluster {target} is cut off until {drill.EndsAt:HH:mm:ss} UTC; end it sooner with: fedctl drill stop {drill.Id}"));
            while (drill.EndedAt is null)
            {
                await Task.Delay(Pause, ct);
                drill = (await session.Client.DrillsAsync(ct)).First(one => one.Id == drill.Id);
            }
            // The gateway learns of the end a moment later, and its counts are whole then.
            await Task.Delay(Pause, ct);
            Print(scope, (await session.Client.DrillsAsync(ct)).First(one => one.Id == drill.Id));
            return ExitCode.Done;
        });
        return new Command("lose", """
            Treats something as lost

            Example:
              fedctl drill lose cluster us-cloud --for 30s --yes
            """) { cluster };
    }

    private static Command List(CommandScope scope)
    {
        var command = new Command("list", """
            Lists the drills that go on and those that were

            Example:
              fedctl drill list
            """);
        scope.Handle(command, async (session, _, ct) =>
        {
            IReadOnlyList<DrillView> drills = await session.Client.DrillsAsync(ct);
            if (drills.Count == 0) scope.Console.Out.WriteLine("there were no drills");
            foreach (DrillView drill in drills) Print(scope, drill);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Stop(CommandScope scope)
    {
        var id = new Argument<string>("id") { Description = "The drill's id" };
        var command = new Command("stop", """
            Ends a drill before its time

            Example:
              fedctl drill stop 1f2e3d4c
            """) { id };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Print(scope, await session.Client.StopDrillAsync(parse.GetValue(id)!, ct));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(CommandScope scope, DrillView drill)
    {
        TextWriter output = scope.Console.Out;
        string end = drill.EndedAt is { } ended
            ? string.Create(CultureInfo.InvariantCulture, $"over after {(ended - drill.StartedAt).TotalSeconds:0.0} s{(drill.EndedBy is { } by ? $", ended by {by}" : "")}")
            : string.Create(CultureInfo.InvariantCulture, $"goes on until {drill.EndsAt:HH:mm:ss} UTC");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"drill {drill.Id}: cluster {drill.Cluster}, {drill.StartedAt:yyyy-MM-dd HH:mm:ss} UTC by {drill.StartedBy}, {end}"));
        Line("replicas lost", string.Create(CultureInfo.InvariantCulture, $"{drill.ReplicasLost}"));
        Line("detected", After(drill.DetectedAfterSeconds));
        Line("re-placed", After(drill.ReplacedAfterSeconds));
        Line("failed requests", drill.FailedRequests is { } failed ? string.Create(CultureInfo.InvariantCulture, $"{failed} of {drill.Requests}, as the gateway counted") : "not known to this gateway");
        Line("overcommitted", drill is { MostOvercommittedCpuMillis: 0, MostOvercommittedMemoryBytes: 0 }
            ? "never"
            : string.Create(CultureInfo.InvariantCulture, $"by {drill.MostOvercommittedCpuMillis}m processors, {drill.MostOvercommittedMemoryBytes} bytes at most"));
        Line("stranded", drill.Stranded.Count == 0 ? "nothing" : string.Join("; ", drill.Stranded));
        if (drill.Partial) output.WriteLine("  a part of it was not seen: Placement started anew in that time");

        void Line(string what, string value) => output.WriteLine($"  {what,-16}{value}");
    }

    private static string After(double? seconds) => seconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"after {value:0.0} s") : "no";
}
