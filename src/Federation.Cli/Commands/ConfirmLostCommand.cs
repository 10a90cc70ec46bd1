using System.CommandLine;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl confirm-lost</c></summary>
internal static class ConfirmLostCommand
{
    public static Command Create(CommandScope scope)
    {
        var place = new Argument<string>("cluster") { Description = "CLUSTER, or CLUSTER/NODE" };
        var undo = new Option<bool>("--undo") { Description = "Takes the decision back: the place may be used again" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask" };
        var command = new Command("confirm-lost", """
            Decides that an unreachable cluster or node is gone for good

            Singletons that cannot be fenced there start elsewhere; workloads whose volumes have their home there stay stranded. If the place comes back
            after all, it stops what it still runs of these singletons before anything else, and takes nothing new until --undo. The decision needs the
            platform's admin and is audited. A place that is heard is refused: drain it.

            Examples:
              fedctl confirm-lost us-cloud
              fedctl confirm-lost edge/n2
              fedctl confirm-lost us-cloud --undo
            """) { place, undo, yes };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Place lost = Place.ParseBare(parse.GetValue(place)!);
            bool back = parse.GetValue(undo);
            await lost.RequireAsync(session, ct);
            if (!back) Ask(scope, lost, parse.GetValue(yes));
            ConfirmLostReply reply = await session.Client.ConfirmLostAsync(lost.Cluster, new ConfirmLostRequest(lost.Node, back), ct);
            scope.Console.Out.WriteLine(back ? $"{lost.Text} may be used again" : $"{lost.Text} is confirmed lost");
            foreach (string workload in reply.Stranded) scope.Console.Error.WriteLine($"workload {workload} stays stranded: its volumes' home is there; to start it elsewhere without its data: fedctl move {workload.Split('/')[^1]} --accept-data-loss");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Ask(CommandScope scope, Place lost, bool yes)
    {
        if (yes) return;
        if (!scope.Console.InIsTerminal) throw new CliException(ExitCode.Usage, "confirm-lost asks before it decides, and there is no terminal to ask at", "give --yes");
        scope.Console.Error.WriteLine($"If {lost.Text} still runs, out of reach, singletons of it will run twice until it is heard again.");
        scope.Console.Error.Write($"is {lost.Text} gone for good? [y/N] ");
        string? answer = scope.Console.In.ReadLine();
        if (answer?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new CliException(ExitCode.Failed, "not confirmed; nothing was changed", $"see what is known of it: fedctl describe cluster {lost.Cluster}");
    }
}
