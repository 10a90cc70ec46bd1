using System.CommandLine;
using Federation.Cli.Reaching;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl exec</c></summary>
internal static class ExecCommand
{
    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var words = new Argument<string[]>("command") { Description = "Behind --: the program and its arguments", Arity = ArgumentArity.OneOrMore };
        var replica = new Option<string?>("--replica") { Description = "Which replica, by its id or the beginning of it; a ready one if left out", HelpName = "ID" };
        var cluster = new Option<string?>("--cluster") { Description = "A replica in this cluster", HelpName = "NAME" };
        var input = new Option<bool>("--stdin", "-i") { Description = "Passes standard input on" };
        var terminal = new Option<bool>("--tty", "-t") { Description = "With a terminal, as large as this one" };
        var command = new Command("exec", """
            Runs a command beside a replica: as its user, in its folder, with its environment, under its limits

            It ends with the command's own exit code. Needs the role deployer.

            Examples:
              fedctl exec web -- env
              fedctl exec web -it -- sh
              fedctl exec api --cluster edge -- ls -l
              fedctl exec api -i -- tee notes.txt < notes.txt
            """) { workload, words, replica, cluster, input, terminal };
        scope.Handle(command, async (session, parse, ct) =>
        {
            CliConsole console = scope.Console;
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            ReplicaView chosen = await ReplicaChoice.PickAsync(session, console, name, parse.GetValue(replica), parse.GetValue(cluster), ct);
            bool screen = parse.GetValue(terminal), typed = parse.GetValue(input);
            bool real = screen && console.InIsTerminal;
            if (screen && !real) console.Error.WriteLine("(standard input is no terminal: the command has one of 80 columns and 24 rows)");
            using System.Net.WebSockets.WebSocket socket = await session.Client.ExecAsync(name, new ExecQuery
            {
                Command = parse.GetValue(words)!,
                Replica = chosen.Id,
                Input = typed,
                Terminal = !screen ? null : real ? (console.Width, Console.WindowHeight) : (80, 24),
            }, ct: ct);
            using var run = new ExecRun(socket, console);
            using RawTerminal? raw = real ? RawTerminal.Enter((columns, rows) => _ = run.ResizeAsync(columns, rows, CancellationToken.None)) : null;
            return await run.RunAsync(typed ? console.OpenIn() : null, ct);
        });
        return command;
    }
}
