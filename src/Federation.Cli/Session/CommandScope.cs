using System.CommandLine;

namespace Federation.Cli.Session;

/// <summary>What every command shares: the streams, the options that say where and as whom, and how an end becomes an exit code.</summary>
internal sealed class CommandScope(CliConsole console)
{
    public CliConsole Console { get; } = console;

    public Option<string?> Namespace { get; } = new("--namespace", "-n") { Description = "The namespace; the context's if left out", Recursive = true, HelpName = "NAME" };

    public Option<string?> Tenant { get; } = new("--tenant") { Description = "Act for this tenant (platform administrators)", Recursive = true, HelpName = "NAME" };

    public Option<string?> Context { get; } = new("--context") { Description = "A context other than the current one", Recursive = true, HelpName = "NAME" };

    public Option<string?> ContextFile { get; } = new("--context-file")
    {
        Description = "Default: $FEDERATION_CONTEXT, the nearest .federation/context.json above, or that in your home",
        Recursive = true,
        HelpName = "FILE",
    };

    public string ContextPath(ParseResult parse) => parse.GetValue(ContextFile) ?? Client.Contexts.ContextFile.Locate(Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    /// <summary>The namespace meant, known without asking the plane.</summary>
    public string NamespaceOf(ParseResult parse) =>
        parse.GetValue(Namespace) ?? Client.Contexts.ContextFile.Load(ContextPath(parse)).File.Find(parse.GetValue(Context))?.Namespace ?? "default";

    public PlaneSession Connect(ParseResult parse) => PlaneSession.Open(
        ContextPath(parse), parse.GetValue(Context), parse.GetValue(Tenant), parse.GetValue(Namespace), warning => Console.Error.WriteLine($"warning: {warning}"));

    public void Handle(Command command, Func<ParseResult, CancellationToken, Task<int>> body) => command.SetAction(async (parse, ct) =>
    {
        try
        {
            return await body(parse, ct);
        }
        catch (Exception failure)
        {
            return Failures.Tell(failure, Console, ct);
        }
    });

    /// <summary>A command that speaks to the plane.</summary>
    public void Handle(Command command, Func<PlaneSession, ParseResult, CancellationToken, Task<int>> body) => Handle(command, async (parse, ct) =>
    {
        using PlaneSession session = Connect(parse);
        return await body(session, parse, ct);
    });
}
