using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Federation.Backup.Files;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Security.AtRest;
using Federation.Storage;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl backup</c></summary>
internal static class BackupCommand
{
    private const int Attempts = 3;

    public static Command Create(CommandScope scope)
    {
        var file = new Option<string>("--output", "-o") { Description = "The file to write; only you may read it", Required = true, HelpName = "FILE" };
        var command = new Command("backup", """
            Copies every store of the plane into one sealed file, while everything goes on

            Each store is copied at one revision, Placement first, so that what it refers to is in the copies after it. The file opens only with
            Identity's key-encryption key, or the offline kit: keep one of them elsewhere (fedctl recover kit). Needs the platform's administrator.

            Example:
              fedctl backup -o plane.backup
            """) { file };
        scope.Handle(command, async (session, parse, ct) =>
        {
            BackupKeyReply key = await session.Client.CreateBackupKeyAsync(ct);
            BackupContent content = await CopyAsync(session, key, ct);
            // Things that are deleted between two copies are rarely deleted again between the next two.
            for (int attempt = 1; attempt < Attempts && content.Manifest.Unresolved.Count > 0; attempt++) content = await CopyAsync(session, key, ct);
            string path = parse.GetValue(file)!;
            try
            {
                await BackupFile.WriteAsync(
                    path, new BackupHeader(key.Plane, key.TakenAt, new WrappedDataKey(key.WrappingId, BackupSeal.Scope, key.WrappingKekId, key.WrappingSealed), key.SealedKey), key.Key, content);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key.Key);
            }
            foreach (BackupManifest.Store store in content.Manifest.Stores)
                scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Name,-12} revision {store.Revision}, {store.Documents} documents"));
            foreach (string line in content.Manifest.Unresolved) scope.Console.Error.WriteLine($"warning: {line}");
            scope.Console.Out.WriteLine($"plane {key.Plane} is in {path}; it opens with the key-encryption key {key.WrappingKekId}");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<BackupContent> CopyAsync(PlaneSession session, BackupKeyReply key, CancellationToken ct)
    {
        try
        {
            StoreCopy placement = await OneAsync("placement"), secretStore = await OneAsync("secretstore"), identity = await OneAsync("identity");
            return BackupContent.Of(key.Plane, key.TakenAt, placement, secretStore, identity);
        }
        catch (InvalidDataException e)
        {
            throw new CliException(ExitCode.Unreachable, e.Message, "nothing was written; try again");
        }

        Task<StoreCopy> OneAsync(string service) => session.Client.CopyStoreAsync(service, stream => StoreCopy.ReadAsync(stream, ct), ct);
    }
}
