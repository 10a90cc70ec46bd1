using System.CommandLine;
using Federation.Cli.Commands;
using Federation.Cli.Session;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;

namespace Federation.Cli;

/// <summary>The whole program, with its streams given: what tests call.</summary>
internal static class FedctlProgram
{
    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken ct)
    {
        ParseResult parsed = Root(new CommandScope(console)).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct()) console.Error.WriteLine($"fedctl: {message}");
            string command = string.Join(' ', Path(parsed.CommandResult.Command).Reverse());
            console.Error.WriteLine($"see: {command} --help");
            return ExitCode.Usage;
        }
        // A list of commands has a line for each; their own help has the examples.
        foreach (Command listed in parsed.CommandResult.Command.Subcommands) listed.Description = listed.Description?.Split('\n')[0];
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false }, ct);
    }

    private static RootCommand Root(CommandScope scope)
    {
        var root = new RootCommand($"""
            fedctl declares work and shows what became of it, over all clusters

            Begin with:
              fedctl get clusters
              fedctl apply -f examples/shop
              fedctl explain workload api

            {ExitCode.Help}
            """)
        {
            GetCommand.Create(scope), DescribeCommand.Create(scope), ExplainCommand.Create(scope),
            ApplyCommand.Create(scope), DeleteCommand.Create(scope), WaitCommand.Create(scope),
            ScaleCommand.Create(scope), RolloutCommand.Create(scope),
            LogsCommand.Create(scope), EventsCommand.Create(scope),
            ClusterCommand.Create(scope), NodeCommand.Create(scope),
            MaterialCommand.Create(scope, ResourceKind.Of<Secret>()), MaterialCommand.Create(scope, ResourceKind.Of<Config>()),
            LoginCommand.Create(scope), ContextCommand.Create(scope), RawCommand.Create(scope), VersionCommand.Create(scope),
        };
        foreach (Option option in (Option[])[scope.Namespace, scope.Tenant, scope.Context, scope.ContextFile]) root.Options.Add(option);
        return root;
    }

    private static IEnumerable<string> Path(Symbol command)
    {
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault()) yield return at is RootCommand ? "fedctl" : at.Name;
    }
}
