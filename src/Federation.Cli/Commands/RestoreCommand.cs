using System.CommandLine;
using System.Globalization;
using Federation.Backup.Files;
using Federation.Backup.Kits;
using Federation.Backup.Restoring;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl restore</c></summary>
internal static class RestoreCommand
{
    public static Command Create(CommandScope scope)
    {
        var file = new Argument<string>("file") { Description = "The backup" };
        Option<string> state = StateOption();
        Option<bool> replace = ReplaceOption();
        var kit = new Option<string?>("--kit") { Description = "The offline kit, where the key files are lost too", HelpName = "FILE" };
        Option<string?> passphrase = PassphraseOption();
        var command = new Command("restore", """
            Puts the stores of a backup back, while the plane's services are down

            When the services start again, agents say what they hold before the plane decides anything: what runs is restarted nowhere, and what the
            clusters run beyond the backup is listed and left alone (fedctl recover status).

            Examples:
              fedctl restore plane.backup --state .federation --replace
              fedctl restore plane.backup --state /var/lib/federation --kit plane.kit
            """) { file, state, replace, kit, passphrase };
        scope.Handle(command, async (parse, _) =>
        {
            KitContent? opened = parse.GetValue(kit) is { } path ? await KitFile.ReadAsync(path, Passphrase(scope, parse, passphrase)) : null;
            RestoreReport report = await PlaneRestore.RunAsync(parse.GetValue(file)!, new StateLayout(Path.GetFullPath(parse.GetValue(state)!)), opened, parse.GetValue(replace), TimeProvider.System);
            Print(scope, report);
            scope.Console.Out.WriteLine("restored; start the services, then: fedctl recover status");
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<string> StateOption() => new("--state")
    {
        Description = "The plane's state folder, with services/ and keys/ (default .federation)",
        DefaultValueFactory = _ => ".federation",
        HelpName = "DIR",
    };

    public static Option<bool> ReplaceOption() => new("--replace") { Description = "Replaces stores that are there; they are kept beside, as *.replaced" };

    public static Option<string?> PassphraseOption() => new("--passphrase-file") { Description = "A file with the kit's passphrase; asked for, or read from standard input, if left out", HelpName = "FILE" };

    public static string Passphrase(CommandScope scope, ParseResult parse, Option<string?> option)
    {
        if (parse.GetValue(option) is not { } file) return LoginCommand.Ask(scope.Console, "Passphrase of the kit: ", hidden: true);
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"{file} cannot be read: {e.Message}");
        }
    }

    public static void Print(CommandScope scope, RestoreReport report)
    {
        foreach (BackupManifest.Store store in report.Manifest?.Stores ?? [])
            scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Name,-12} revision {store.Revision}, {store.Documents} documents, of {report.Manifest!.TakenAt:yyyy-MM-dd HH:mm:ss} UTC"));
        foreach (string note in report.Notes) scope.Console.Out.WriteLine($"note: {note}");
    }
}
