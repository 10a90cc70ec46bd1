using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Federation.Cli.Session;
using Federation.Contracts.Api;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl node</c></summary>
internal static class NodeCommand
{
    public static Command Create(CommandScope scope)
    {
        var cluster = new Option<string>("--cluster") { Description = "The cluster it may join", Required = true, HelpName = "NAME" };
        var node = new Option<string?>("--node") { Description = "The only node that may use it; any of the cluster if left out", HelpName = "NAME" };
        Option<TimeSpan?> lifetime = Durations.Option("--lifetime", "How long it may be used, 60s to 24h (default 1h)");
        var token = new Command("join-token", """
            Makes a token with which one node may join, once; it is shown once

            Example:
              fedctl node join-token --cluster edge --node n2 > join.token
            """) { cluster, node, lifetime };
        scope.Handle(token, async (session, parse, ct) =>
        {
            JoinTokenReply reply = await session.Client.CreateJoinTokenAsync(
                new JoinTokenRequest(parse.GetValue(cluster)!, parse.GetValue(node), (int?)parse.GetValue(lifetime)?.TotalSeconds), ct);
            scope.Console.Out.WriteLine(reply.Token);
            scope.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Serves once, until {reply.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC. Give it to the agent as Agent__JoinTokenFile."));
            return ExitCode.Done;
        });
        return new Command("node", """
            Lets nodes join

            Example:
              fedctl node join-token --cluster edge --node n2
            """) { token, Install(scope) };
    }

    private static Command Install(CommandScope scope)
    {
        var cluster = new Option<string>("--cluster") { Description = "The cluster it joins", Required = true, HelpName = "NAME" };
        var node = new Option<string>("--node") { Description = "Its name there", Required = true, HelpName = "NAME" };
        var plane = new Option<string>("--plane") { Description = "The host, as the node reaches it, on which the plane's services listen (default localhost)", DefaultValueFactory = _ => "localhost", HelpName = "HOST" };
        var basePort = new Option<int>("--port-base") { Description = "What AppHost was given by --port-base: the services' ports are counted from it (default 7070)", DefaultValueFactory = _ => 7070, HelpName = "PORT" };
        var command = new Command("install", """
            Prints a script that installs an agent under systemd and lets its node join; it holds a join token that serves once

            The agent's program is to lie in /usr/local/bin/federation-agent there, or where AGENT says.

            Examples:
              fedctl node install --cluster edge --node n2 --plane plane.example.com | ssh root@n2 sh
              fedctl node install --cluster edge --node n2 | sudo AGENT=./federation-agent sh
            """) { cluster, node, plane, basePort };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string host = parse.GetValue(plane)!;
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new CliException(ExitCode.Usage, $"'{host}' is no host name", "for example: --plane plane.example.com");
            int from = parse.GetValue(basePort);
            JoinTokenReply reply = await session.Client.CreateJoinTokenAsync(new JoinTokenRequest(parse.GetValue(cluster)!, parse.GetValue(node), null), ct);
            scope.Console.Out.WriteLine("#!/bin/sh");
            foreach ((string name, string value) in ((string, string)[])
            [
                ("CLUSTER", parse.GetValue(cluster)!), ("NODE", parse.GetValue(node)!), ("JOIN_TOKEN", reply.Token),
                ("IDENTITY", Address(host, from + 41)), ("PLACEMENT", Address(host, from + 61)), ("HEALTH", Address(host, from + 71)), ("GATEWAY", Address(host, from + 1)),
                ("UNIT", (await ResourceAsync("systemd.unit", ct)).TrimEnd()),
            ]) scope.Console.Out.WriteLine($"{name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'");
            scope.Console.Out.Write(await ResourceAsync("systemd.install", ct));
            scope.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Serves once, until {reply.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC."));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Address(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");

    private static async Task<string> ResourceAsync(string name, CancellationToken ct)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return await reader.ReadToEndAsync(ct);
    }
}
