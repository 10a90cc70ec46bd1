using System.CommandLine;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client;
using Federation.Domain.Clusters;
using Federation.Domain.Resources;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl cluster</c></summary>
internal static class ClusterCommand
{
    public static Command Create(CommandScope scope) => new("cluster", """
        Lists clusters, and keeps work away from them

        Examples:
          fedctl cluster list
          fedctl cluster drain us-cloud
        """)
    {
        List(scope),
        ImportCommand.Create(scope),
        Act(scope, "cordon", (client, name, ct) => client.CordonAsync(name, ct), "Takes no new replicas; keeps what it has", "cordoned"),
        Act(scope, "uncordon", (client, name, ct) => client.UncordonAsync(name, ct), "Takes replicas again", "takes replicas again"),
        Act(scope, "drain", (client, name, ct) => client.DrainAsync(name, ct), "Moves its replicas elsewhere and takes no new ones, until it is uncordoned", "is being drained"),
    };

    private static Command List(CommandScope scope)
    {
        Option<OutputChoice> output = OutputChoice.Option();
        var command = new Command("list", """
            Lists the clusters with their state and free capacity

            Example:
              fedctl cluster list -o wide
            """) { output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            ResourceKind kind = ResourceKind.Of<Cluster>();
            IReadOnlyList<Resource> clusters = await session.ListAsync(kind, false, null, ct);
            ResourceOutput.Write(scope.Console, [.. clusters.Select(item => (kind, item))], parse.GetValue(output)!, single: false, withNamespace: false);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Act(CommandScope scope, string verb, Func<FederationClient, string, CancellationToken, Task> act, string description, string done)
    {
        var name = new Argument<string>("name") { Description = "The cluster" };
        var command = new Command(verb, $"""
            {description}

            Example:
              fedctl cluster {verb} us-cloud
            """) { name };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string cluster = parse.GetValue(name)!;
            await act(session.Client, cluster, ct);
            scope.Console.Out.WriteLine($"cluster/{cluster} {done}");
            return ExitCode.Done;
        });
        return command;
    }
}
