using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Json;
using Federation.Domain.Resources;

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
            Lists nodes, takes work from them, and lets new ones join

            Examples:
              fedctl node ls
              fedctl node update --availability drain edge/n2
              fedctl node join-token --cluster edge --node n2
            """) { List(scope), Inspect(scope), Update(scope), token, Install(scope) };
    }

    private static Command List(CommandScope scope)
    {
        var list = new ListFlags();
        var command = new Command("ls", """
            Lists the nodes of all clusters

            Example:
              fedctl node ls
            """);
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            var items = new List<ListedItem>();
            foreach (Cluster cluster in (await session.ListAsync(ResourceKind.Of<Cluster>(), false, null, ct)).Cast<Cluster>())
            {
                foreach (NodeSummary node in cluster.Status?.NodeList ?? [])
                {
                    items.Add(new ListedItem($"node/{cluster.Metadata.Name}/{node.Name}", JsonSerializer.SerializeToNode(new { cluster = cluster.Metadata.Name, availability = Availability(cluster, node.Name), node }, DomainJson.Options)!,
                        table => table.Add($"{cluster.Metadata.Name}/{node.Name}", node.State.ToString(), Availability(cluster, node.Name), node.Replicas.ToString(CultureInfo.InvariantCulture), cluster.Spec.Kind.ToString().ToLowerInvariant(), cluster.Metadata.Name)));
                }
            }
            list.Write(scope.Console, parse, items, new Table(new("NODE"), new("STATUS"), new("AVAILABILITY"), new("REPLICAS", Right: true), new("KIND"), new("CLUSTER")));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Inspect(CommandScope scope)
    {
        var names = new Argument<string[]>("node") { Description = "CLUSTER/NODE", Arity = ArgumentArity.OneOrMore };
        var command = new Command("inspect", """
            Prints what is known of nodes as JSON

            Example:
              fedctl node inspect edge/n1
            """) { names };
        scope.Handle(command, async (session, parse, ct) =>
        {
            var found = new JsonArray();
            foreach (Place place in parse.GetValue(names)!.Select(Named))
            {
                var cluster = (Cluster)await session.RequireAsync(ResourceKind.Of<Cluster>(), place.Cluster, ct);
                NodeSummary node = (cluster.Status?.NodeList ?? []).FirstOrDefault(node => node.Name == place.Node) ?? throw new CliException(ExitCode.NotFound, $"{place.Text} is not there", "see what is: fedctl node ls");
                found.Add(JsonSerializer.SerializeToNode(new { cluster = place.Cluster, kind = cluster.Spec.Kind, labels = cluster.Metadata.Labels, availability = Availability(cluster, node.Name), setting = cluster.Spec.NodeSetting(node.Name), node }, DomainJson.Options));
            }
            ResourceOutput.WriteValue(scope.Console, found, OutputFormat.Json);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Update(CommandScope scope)
    {
        var node = new Argument<string>("node") { Description = "CLUSTER/NODE" };
        var availability = new Option<string>("--availability") { Description = "active, pause (takes nothing new) or drain (gives away what it has)", Required = true, HelpName = "WORD" };
        availability.AcceptOnlyFromAmong("active", "pause", "drain");
        var command = new Command("update", """
            Says whether a node takes work, keeps what it has, or gives it away

            Example:
              fedctl node update --availability drain edge/n2
            """) { node, availability };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Place place = Named(parse.GetValue(node)!);
            await place.RequireAsync(session, ct);
            string word = parse.GetValue(availability)!;
            await (word switch
            {
                "drain" => session.Client.DrainNodeAsync(place.Cluster, place.Node!, ct),
                "pause" => session.Client.CordonNodeAsync(place.Cluster, place.Node!, ct),
                _ => session.Client.UncordonNodeAsync(place.Cluster, place.Node!, ct),
            });
            scope.Console.Out.WriteLine($"{place.Text} {word}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Place Named(string word) => Place.ParseBare(word) is { Node: not null } place ? place : throw new CliException(ExitCode.Usage, $"'{word}' names no node", "a node is named with its cluster, for example: edge/n2; see them with: fedctl node ls");

    private static string Availability(Cluster cluster, string node) => (cluster.Spec.Draining, cluster.Spec.NodeSetting(node)?.Draining, cluster.Spec.Cordoned, cluster.Spec.NodeSetting(node)?.Cordoned) switch
    {
        (true, _, _, _) or (_, true, _, _) => "Drain",
        (_, _, true, _) or (_, _, _, true) => "Pause",
        _ => "Active",
    };

    private static Command Install(CommandScope scope)
    {
        var cluster = new Option<string>("--cluster") { Description = "The cluster it joins", Required = true, HelpName = "NAME" };
        var node = new Option<string>("--node") { Description = "Its name there", Required = true, HelpName = "NAME" };
        var plane = new Option<string>("--plane") { Description = "The host, as the node reaches it, on which the plane's services listen (default localhost)", DefaultValueFactory = _ => "localhost", HelpName = "HOST" };
        var basePort = new Option<int>("--port-base") { Description = "What AppHost was given by --port-base: it is added to the services' ports (default 0)", DefaultValueFactory = _ => 0, HelpName = "N" };
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
            int from = 7070 + parse.GetValue(basePort);
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
