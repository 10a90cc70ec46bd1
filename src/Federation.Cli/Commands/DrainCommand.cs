using System.CommandLine;
using Federation.Cli.Moving;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl drain</c>, <c>fedctl cordon</c> and <c>fedctl uncordon</c></summary>
internal static class DrainCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        Argument<string[]> what = What();
        var wait = new Option<bool>("--wait") { Description = "Waits until nothing is left there, and shows what holds the rest" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("drain", """
            Moves what a cluster or a node runs elsewhere, and places nothing new there

            Each workload's disruption budget is kept. What cannot leave stays, and is told with its reason. Ends with 6 if the time runs out.

            Examples:
              fedctl drain cluster us-cloud --wait
              fedctl drain node edge/n2 --wait --timeout 10m
            """) { what, wait, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Place place = Place.Parse(parse.GetValue(what)!);
            await place.RequireAsync(session, ct);
            await (place.Node is null ? session.Client.DrainAsync(place.Cluster, ct) : session.Client.DrainNodeAsync(place.Cluster, place.Node, ct));
            scope.Console.Out.WriteLine($"{place.Text} is being drained");
            if (!parse.GetValue(wait)) return ExitCode.Done;
            await new DrainProgress(session, scope.Console).WaitAsync(place, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            scope.Console.Out.WriteLine($"{place.Text} is empty");
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Cordon(CommandScope scope) => Simple(scope, "cordon", "Places nothing new on a cluster or a node; what runs there stays", "cordoned",
        (session, place, ct) => place.Node is null ? session.Client.CordonAsync(place.Cluster, ct) : session.Client.CordonNodeAsync(place.Cluster, place.Node, ct));

    public static Command Uncordon(CommandScope scope) => Simple(scope, "uncordon", "Lets a cluster or a node take replicas again, and ends its draining", "takes replicas again",
        (session, place, ct) => place.Node is null ? session.Client.UncordonAsync(place.Cluster, ct) : session.Client.UncordonNodeAsync(place.Cluster, place.Node, ct));

    private static Command Simple(CommandScope scope, string verb, string description, string done, Func<PlaneSession, Place, CancellationToken, Task> act)
    {
        Argument<string[]> what = What();
        var command = new Command(verb, $"""
            {description}

            Examples:
              fedctl {verb} cluster us-cloud
              fedctl {verb} node edge/n2
            """) { what };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Place place = Place.Parse(parse.GetValue(what)!);
            await place.RequireAsync(session, ct);
            await act(session, place, ct);
            scope.Console.Out.WriteLine($"{place.Text} {done}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string[]> What() => new("place") { Description = "cluster NAME, or node CLUSTER/NODE", Arity = new ArgumentArity(1, 2) };
}
