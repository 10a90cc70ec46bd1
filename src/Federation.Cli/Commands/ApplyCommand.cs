using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl apply</c></summary>
internal static class ApplyCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        Option<string[]> files = FilesOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Asks the plane what would happen, and changes nothing" };
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until the workloads are ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until ready (default 5m)");
        var command = new Command("apply", """
            Creates or updates what files declare, and waits until it is ready

            Everything is checked here, then by the plane in a dry run, before the first change.

            Examples:
              fedctl apply -f examples/shop
              fedctl apply -f web.yaml -f api.yaml --dry-run
              cat web.yaml | fedctl apply -f - --no-wait
            """) { files, dryRun, noWait, timeout };
        scope.Handle(command, async (parse, ct) =>
        {
            // Read before the plane is asked for anything: a typo needs no login.
            string room = scope.NamespaceOf(parse);
            IReadOnlyList<DeclaredResource> declared = await ManifestFiles.ReadAsync(parse.GetValue(files)!, room, scope.Console, ct);
            using PlaneSession session = scope.Connect(parse);
            await new ApplyRun(session, scope.Console).ApplyAsync(declared, parse.GetValue(dryRun), parse.GetValue(noWait) ? null : parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<string[]> FilesOption(bool required = true) => new("--filename", "-f")
    {
        Description = "A file, a folder, or - for standard input; may be given several times",
        HelpName = "FILE",
        Required = required,
        AllowMultipleArgumentsPerToken = false,
    };
}
