using System.CommandLine;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client.Contexts;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl context</c></summary>
internal static class ContextCommand
{
    public static Command Create(CommandScope scope) => new("context", """
        Lists and chooses planes and identities

        Example:
          fedctl context list
        """) { List(scope), Use(scope), Show(scope) };

    private static Command List(CommandScope scope)
    {
        var command = new Command("list", """
            Lists the contexts

            Example:
              fedctl context list
            """);
        scope.Handle(command, (parse, _) =>
        {
            ContextFile file = ContextFile.Load(scope.ContextPath(parse)).File;
            var table = new Table(new("CURRENT"), new("NAME"), new("SERVER"), new("CLIENT"), new("TENANT"), new("NAMESPACE"));
            foreach ((string name, ClientContext context) in file.Contexts)
                table.Add(name == file.Current ? "*" : "", name, context.Server.ToString(), context.ClientId ?? "-", context.Tenant ?? "(own)", context.Namespace ?? "default");
            table.Write(scope.Console, wide: false);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Command Use(CommandScope scope)
    {
        var name = new Argument<string>("name") { Description = "The context" };
        var command = new Command("use", """
            Makes a context the current one; with -n or --tenant also changes what it means

            Examples:
              fedctl context use local
              fedctl context use local -n shop
            """) { name };
        scope.Handle(command, (parse, _) =>
        {
            string path = scope.ContextPath(parse), wanted = parse.GetValue(name)!;
            ContextFile file = ContextFile.Load(path).File;
            ClientContext context = file.Find(wanted) ?? throw new CliException(ExitCode.NotFound, $"{path} has no context '{wanted}'", "see them with: fedctl context list");
            context = context with { Namespace = parse.GetValue(scope.Namespace) ?? context.Namespace, Tenant = parse.GetValue(scope.Tenant) ?? context.Tenant };
            file.With(wanted, context, makeCurrent: true).Save(path);
            scope.Console.Out.WriteLine($"'{wanted}' is the current context: {context}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Command Show(CommandScope scope)
    {
        var command = new Command("show", """
            Shows the context that is used, without its secret

            Example:
              fedctl context show
            """);
        scope.Handle(command, (parse, _) =>
        {
            LoadedContextFile loaded = ContextFile.Load(scope.ContextPath(parse));
            string? wanted = parse.GetValue(scope.Context) ?? loaded.File.Current;
            ClientContext context = loaded.File.Find(wanted) ?? throw new CliException(ExitCode.NotFound, $"{loaded.Path} has no {(wanted is null ? "current context" : $"context '{wanted}'")}", "log in: fedctl login");
            scope.Console.Out.WriteLine($"{wanted}: {context}");
            scope.Console.Out.WriteLine($"from {loaded.Path}");
            if (loaded.Warning is { } warning) scope.Console.Error.WriteLine($"warning: {warning}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
