using System.CommandLine;
using Federation.Cli.Editing;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl edit</c></summary>
internal static class EditCommand
{
    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND NAME or KIND/NAME", Arity = ArgumentArity.OneOrMore };
        var command = new Command("edit", """
            Opens a resource in your editor and applies what you save

            The editor is $FEDERATION_EDITOR, $VISUAL or $EDITOR, else vi. What is refused, or was changed by somebody
            else meanwhile, comes back with the reason above it: nothing that you wrote is lost.

            Examples:
              fedctl edit workload web
              EDITOR='code --wait' fedctl edit route/web
            """) { what };
        scope.Handle(command, async (session, parse, ct) =>
        {
            IReadOnlyList<ResourceTarget> targets = ResourceTarget.ParseNamed(parse.GetValue(what)!);
            if (targets is not [{ Name: { } name } target]) throw new CliException(ExitCode.Usage, "one resource is edited at a time", "several at once: fedctl get KIND -o yaml > FILE, edit it, fedctl apply -f FILE");
            if (target.Kind.Name == "Secret") throw new CliException(ExitCode.Usage, "a secret's values are never given back, so there is nothing to edit", $"give it a new version: fedctl secret create {name} --from-stdin KEY");
            return await new EditRun(session, scope.Console, (file, token) => Editor.OpenAsync(file, Environment.GetEnvironmentVariable, token)).RunAsync(target.Kind, name, ct);
        });
        return command;
    }
}
