using System.CommandLine;
using System.Reflection;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl completion</c></summary>
internal static class CompletionCommand
{
    public static Command Create(CommandScope scope)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", """
            Prints what makes a shell complete commands, options, and the names that the plane has now

            While the plane is down, or slower than half a second ($FEDERATION_COMPLETION_TIMEOUT sets other
            milliseconds), names are not completed.

            Examples:
              fedctl completion bash > ~/.local/share/bash-completion/completions/fedctl
              fedctl completion zsh > ~/.zfunc/_fedctl
              fedctl completion fish > ~/.config/fish/completions/fedctl.fish
            """) { shell };
        scope.Handle(command, async (parse, ct) =>
        {
            await using Stream script = Assembly.GetExecutingAssembly().GetManifestResourceStream($"completion.{parse.GetValue(shell)}")!;
            using var reader = new StreamReader(script);
            await scope.Console.Out.WriteAsync(await reader.ReadToEndAsync(ct));
            return ExitCode.Done;
        });
        return command;
    }
}
