using System.CommandLine;
using Federation.Cli.Commands;
using Federation.Cli.Completion;
using Federation.Cli.Session;
using Federation.Client.Contexts;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;

namespace Federation.Cli;

/// <summary>The whole program, with its streams given: what tests call.</summary>
internal static class FedctlProgram
{
    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken ct)
    {
        RootCommand root = Tree(console);
        // A shell asks at every key: before anything else.
        if (args is [Completer.Verb, ..])
        {
            return await Completer.RunAsync(root, option => new LiveNames(
                ContextFile.Locate(name => name == ContextFile.Variable && option("--context-file") is { } file ? file : Environment.GetEnvironmentVariable(name), Environment.CurrentDirectory),
                option("--context"), option("--tenant"), option("--namespace")), args[1..], console.Out, ct);
        }
        ParseResult parsed = root.Parse(ServiceCreateCommand.Marked(root, args));
        if (CommandLineRefusal.Of(parsed) is { Count: > 0 } refusal)
        {
            foreach (string line in refusal) console.Error.WriteLine(line);
            return ExitCode.Usage;
        }
        // A list of commands has a line for each; their own help has the examples.
        foreach (Command listed in parsed.CommandResult.Command.Subcommands) listed.Description = listed.Description?.Split('\n')[0];
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false }, ct);
    }

    /// <summary>All commands.</summary>
    public static RootCommand Tree(CliConsole console)
    {
        var scope = new CommandScope(console);
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
            ApplyCommand.Create(scope), DiffCommand.Create(scope), RenderCommand.Create(scope), DeleteCommand.Create(scope), WaitCommand.Create(scope),
            ScaleCommand.Create(scope), RolloutCommand.Create(scope), StackCommand.Create(scope), ServiceCommand.Create(scope),
            LogsCommand.Create(scope), EventsCommand.Create(scope),
            ExecCommand.Create(scope), PortForwardCommand.Create(scope), TopCommand.Create(scope),
            MoveCommand.Create(scope), RebalanceCommand.Create(scope), FailbackCommand.Create(scope), DrainCommand.Create(scope), DrainCommand.Cordon(scope), DrainCommand.Uncordon(scope), ConfirmLostCommand.Create(scope),
            ClusterCommand.Create(scope), NodeCommand.Create(scope),
            BackupCommand.Create(scope), RestoreCommand.Create(scope), RecoverCommand.Create(scope), DrillCommand.Create(scope),
            MaterialCommand.Create(scope, ResourceKind.Of<Secret>()), MaterialCommand.Create(scope, ResourceKind.Of<Config>()),
            EditCommand.Create(scope), CompletionCommand.Create(scope),
            LoginCommand.Create(scope), ContextCommand.Create(scope), RawCommand.Create(scope), VersionCommand.Create(scope),
        };
        foreach (Option option in (Option[])[scope.Namespace, scope.Tenant, scope.Context, scope.ContextFile]) root.Options.Add(option);
        return root;
    }
}
