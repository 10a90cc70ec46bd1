using System.CommandLine;
using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl scale</c></summary>
internal static class ScaleCommand
{
    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var replicas = new Option<int>("--replicas") { Description = "How many, 0 to 100000", Required = true, HelpName = "N" };
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until it is ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("scale", """
            Sets a workload's replicas and owns the number: a later apply of a file without replicas leaves it

            Example:
              fedctl scale web --replicas 5
            """) { workload, replicas, noWait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            int wanted = parse.GetValue(replicas);
            await session.Client.ScaleAsync(name, wanted, fieldManager: "fedctl-scale", ct: ct);
            scope.Console.Out.WriteLine($"workload/{name} scaled to {wanted.ToString(CultureInfo.InvariantCulture)}");
            if (!parse.GetValue(noWait)) await new ReadyProgress(session, scope.Console).WaitAsync([(session.Namespace, name)], parse.GetValue(timeout) ?? TimeSpan.FromMinutes(5), ct);
            return ExitCode.Done;
        });
        return command;
    }
}
