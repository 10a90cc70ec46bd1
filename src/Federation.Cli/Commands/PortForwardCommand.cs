using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Federation.Cli.Reaching;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl port-forward</c></summary>
internal static class PortForwardCommand
{
    public static Command Create(CommandScope scope)
    {
        var workload = new Argument<string>("workload") { Description = "The workload" };
        var ports = new Argument<string[]>("ports") { Description = "LOCAL:PORT, PORT, or LOCAL; the first port if left out", Arity = ArgumentArity.ZeroOrMore };
        var replica = new Option<string?>("--replica") { Description = "To this replica alone, by its id or the beginning of it; else each connection goes to one that is ready", HelpName = "ID" };
        var address = new Option<string>("--address") { Description = "Where to listen (default 127.0.0.1)", DefaultValueFactory = _ => "127.0.0.1", HelpName = "ADDRESS" };
        var command = new Command("port-forward", """
            Leads ports of this machine to ports of a workload, through the gateway and the node's tunnel, until Ctrl-C

            Needs the role deployer.

            Examples:
              fedctl port-forward web 8081:http
              fedctl port-forward web
              fedctl port-forward api :http --replica default-api-1
            """) { workload, ports, replica, address };
        scope.Handle(command, async (session, parse, ct) =>
        {
            CliConsole console = scope.Console;
            string name = ResourceTarget.WorkloadName(parse.GetValue(workload)!);
            if (!IPAddress.TryParse(parse.GetValue(address), out IPAddress? listen)) throw new CliException(ExitCode.Usage, $"'{parse.GetValue(address)}' is no address", "for example: --address 0.0.0.0, which lets other machines in");
            var target = (Workload)await session.RequireAsync(ResourceKind.Of<Workload>(), name, ct);
            IReadOnlyList<PortTemplate> declared = target.Spec.Template.Ports ?? [];
            PortMapping[] mappings = [.. (parse.GetValue(ports) is { Length: > 0 } asked ? asked : [":" + (declared is [var first, ..] ? first.Name : "")]).Select(text => PortMapping.Parse(text, name, declared))];
            ReplicaView? chosen = parse.GetValue(replica) is { } id ? await ReplicaChoice.PickAsync(session, console, name, id, null, ct) : null;

            var forwarders = new List<PortForwarder>();
            try
            {
                foreach (PortMapping mapping in mappings)
                {
                    PortForwarder forwarder = Listen(listen, mapping.Local, token => session.Client.PortForwardAsync(name, mapping.Remote, chosen?.Id, ct: token), console);
                    forwarders.Add(forwarder);
                    console.Out.WriteLine($"{forwarder.Local} leads to {(chosen is null ? $"workload/{name}" : chosen.Id)}, port {mapping.Remote}");
                }
                await console.Out.FlushAsync(ct);
                await Task.WhenAll(forwarders.Select(forwarder => forwarder.RunAsync(ct)));
            }
            finally
            {
                foreach (PortForwarder forwarder in forwarders) forwarder.Dispose();
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static PortForwarder Listen(IPAddress address, int port, Func<CancellationToken, Task<System.Net.WebSockets.WebSocket>> open, CliConsole console)
    {
        try
        {
            return new PortForwarder(address, port, open, message => console.Error.WriteLine($"fedctl: {message}"));
        }
        catch (SocketException e)
        {
            throw new CliException(ExitCode.Failed, $"cannot listen on {address}:{port}: {e.Message}", "take another port, or none: fedctl port-forward WORKLOAD :PORT chooses one that is free");
        }
    }
}
