using System.CommandLine;
using System.Reflection;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl version</c></summary>
internal static class VersionCommand
{
    public static Command Create(CommandScope scope)
    {
        var command = new Command("version", """
            Shows the version

            Example:
              fedctl version
            """);
        scope.Handle(command, (_, _) =>
        {
            string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            scope.Console.Out.WriteLine($"fedctl {version}, .NET {Environment.Version}");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
