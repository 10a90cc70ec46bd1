using System.CommandLine;
using System.Globalization;
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
        return new Command("node", "Lets nodes join") { token };
    }
}
