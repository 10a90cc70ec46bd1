using System.CommandLine;
using System.CommandLine.Parsing;
using Federation.Cli.Commands;
using Federation.Cli.Completion;
using Federation.Cli.Session;
using Federation.Client.Contexts;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Manifests.Text;

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
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct()) console.Error.WriteLine($"fedctl: {message}");
            if (Nearest(parsed) is { } near) console.Error.WriteLine($"did you mean {near}?");
            string command = string.Join(' ', Path(parsed.CommandResult.Command).Reverse());
            console.Error.WriteLine($"see: {command} --help");
            return ExitCode.Usage;
        }
        if (Mistaken(parsed) is { } option)
        {
            console.Error.WriteLine($"fedctl: there is no option '{option}'");
            if (Nearest(parsed.CommandResult.Command, option) is { } near) console.Error.WriteLine($"did you mean {near}?");
            console.Error.WriteLine($"see: {string.Join(' ', Path(parsed.CommandResult.Command).Reverse())} --help");
            return ExitCode.Usage;
        }
        // A list of commands has a line for each; their own help has the examples.
        foreach (Command listed in parsed.CommandResult.Command.Subcommands) listed.Description = listed.Description?.Split('\n')[0];
        return await parsed.InvokeAsync(new InvocationConfiguration { Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false }, ct);
    }

    private static string? Nearest(ParseResult parsed) => parsed.UnmatchedTokens is [var word, ..] ? Nearest(parsed.CommandResult.Command, word) : null;

    // The command or option that a word which is neither was most likely meant to be.
    private static string? Nearest(Command command, string word) => NearestName.Find(word, word.StartsWith('-')
        ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(static above => above.Options).Where(static option => option.Recursive)).Select(static option => option.Name)
        : command.Subcommands.Where(static inner => !inner.Hidden).Select(static inner => inner.Name));

    // A word with two dashes that was taken for an argument: behind a lone "--" it may be one, before it is a slip.
    private static string? Mistaken(ParseResult parsed) => parsed.Tokens
        .TakeWhile(static token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(static token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value;

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

    private static IEnumerable<string> Path(Symbol command)
    {
        for (Symbol? at = command; at is not null; at = at.Parents.FirstOrDefault()) yield return at is RootCommand ? "fedctl" : at.Name;
    }
}
