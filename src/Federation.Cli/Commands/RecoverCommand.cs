using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Federation.Backup.Kits;
using Federation.Backup.Restoring;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Security.Sealing;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl recover</c></summary>
internal static class RecoverCommand
{
    public static Command Create(CommandScope scope)
    {
        var kit = new Option<string>("--kit") { Description = "The offline kit", Required = true, HelpName = "FILE" };
        var backup = new Option<string?>("--backup") { Description = "A backup, for what clusters cannot give back: secrets, accounts, histories", HelpName = "FILE" };
        Option<string> state = RestoreCommand.StateOption();
        Option<bool> replace = RestoreCommand.ReplaceOption();
        Option<string?> passphrase = RestoreCommand.PassphraseOption();
        var command = new Command("recover", """
            Founds a lost plane anew from its offline kit, and lets the clusters tell what they run

            Run it with --kit while the services are down; start them; see with 'recover status' who has reported; end it with 'recover finish'.
            What runs is restarted nowhere. Until the end the plane decides nothing.

            Examples:
              fedctl recover kit -o plane.kit
              fedctl recover --kit plane.kit --state .federation
              fedctl recover status
              fedctl recover finish
            """) { kit, backup, state, replace, passphrase };
        scope.Handle(command, async (parse, _) =>
        {
            KitContent content = await KitFile.ReadAsync(parse.GetValue(kit)!, RestoreCommand.Passphrase(scope, parse, passphrase));
            RestoreReport report = await PlaneRestore.RecoverAsync(
                content, parse.GetValue(backup), new StateLayout(Path.GetFullPath(parse.GetValue(state)!)), parse.GetValue(replace), TimeProvider.System);
            RestoreCommand.Print(scope, report);
            scope.Console.Out.WriteLine($"plane {content.Plane} is ready to be founded anew; start the services, then: fedctl recover status");
            return ExitCode.Done;
        });
        command.Subcommands.Add(Kit(scope));
        command.Subcommands.Add(Status(scope));
        command.Subcommands.Add(Finish(scope));
        return command;
    }

    private static Command Kit(CommandScope scope)
    {
        var file = new Option<string>("--output", "-o") { Description = "The file to write; only you may read it", Required = true, HelpName = "FILE" };
        Option<string?> passphrase = RestoreCommand.PassphraseOption();
        var command = new Command("kit", """
            Writes what a lost plane can be founded anew with: its id, its authority and its key-encryption keys, sealed with a passphrase

            Whoever has the kit and its passphrase has the plane. Keep both apart, and away from the plane; make a new kit after a key was rotated.
            Needs the platform's administrator.

            Example:
              fedctl recover kit -o plane.kit
            """) { file, passphrase };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string secret = RestoreCommand.Passphrase(scope, parse, passphrase);
            // The parts travel sealed to a key of this call alone: the API's door may be plain HTTP.
            using var recipient = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            var request = new KitRequest(recipient.ExportSubjectPublicKeyInfo());
            byte[] identity = SealedBox.Open(recipient, (await session.Client.ExportIdentityForKitAsync(request, ct)).Box, KitReply.IdentityPurpose);
            byte[] secretStore = SealedBox.Open(recipient, (await session.Client.ExportSecretStoreForKitAsync(request, ct)).Box, KitReply.SecretStorePurpose);
            try
            {
                KitPart part = JsonSerializer.Deserialize<KitPart>(identity, DomainJson.Options) ?? throw new CliException(ExitCode.Failed, "Identity's part of the kit is empty");
                await KitFile.WriteAsync(
                    parse.GetValue(file)!,
                    new KitContent(part.Plane, TimeProvider.System.GetUtcNow(), part.AuthorityCertificate, part.AuthorityKey, part.Keys, secretStore, [.. part.Nodes.Select(NodeKey.Parse)]),
                    secret);
                scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the kit of plane {part.Plane} with {part.Nodes.Count} nodes is in {parse.GetValue(file)}"));
                return ExitCode.Done;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(identity);
                CryptographicOperations.ZeroMemory(secretStore);
            }
        });
        return command;
    }

    private static Command Status(CommandScope scope)
    {
        var command = new Command("status", """
            Says how far a recovery is: who has reported, what comes back, what runs beyond it, what is lost

            Example:
              fedctl recover status
            """);
        scope.Handle(command, async (session, _, ct) =>
        {
            Print(scope, await session.Client.RecoveryAsync(ct));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Finish(CommandScope scope)
    {
        var adopt = new Option<bool>("--adopt") { Description = "Also takes over what clusters run beyond the backup; otherwise it runs on, untouched" };
        var command = new Command("finish", """
            Ends a recovery: what the clusters told is taken over, and the plane decides again

            Nodes that have not reported are asked when they come back. What was left alone can be taken over later, by the same command.

            Example:
              fedctl recover finish
            """) { adopt };
        scope.Handle(command, async (session, parse, ct) =>
        {
            RecoveryView before = await session.Client.RecoveryAsync(ct);
            if (before.State == "None") throw new CliException(ExitCode.NotFound, "this plane is not being recovered");
            await NamespacesAsync(scope, parse, before, ct);
            RecoveryView done = await session.Client.FinishRecoveryAsync(new FinishRecoveryRequest(parse.GetValue(adopt)), ct);
            Print(scope, done);
            return ExitCode.Done;
        });
        return command;
    }

    // Tenants and namespaces are Identity's: what runs names them, and a person's administrator makes them again.
    private static async Task NamespacesAsync(CommandScope scope, ParseResult parse, RecoveryView view, CancellationToken ct)
    {
        using PlaneSession plane = PlaneSession.Open(scope.ContextPath(parse), parse.GetValue(scope.Context), "system", null, static _ => { });
        HashSet<string> tenants = [.. (await plane.Client.TenantsAsync(ct)).Select(static tenant => tenant.Name)];
        ResourceKind kind = ResourceKind.Of<Namespace>();
        foreach (string[] place in view.Namespaces.Select(static name => name.Split('/')).Where(static place => place.Length == 2))
        {
            if (tenants.Add(place[0])) await plane.Client.CreateTenantAsync(new TenantRequest(place[0]), ct);
            using PlaneSession tenant = PlaneSession.Open(scope.ContextPath(parse), parse.GetValue(scope.Context), place[0], null, static _ => { });
            if (await tenant.Client.FindAsync(kind, place[1], ct: ct) is null)
                await tenant.Client.ApplyAsync(new Namespace { Metadata = new ResourceMetadata { Name = place[1] } }, ct: ct);
        }
    }

    private static void Print(CommandScope scope, RecoveryView view)
    {
        if (view.State == "None")
        {
            scope.Console.Out.WriteLine("this plane is not being recovered");
            return;
        }
        string from = view.Origin == "Backup" ? "a backup" : "its clusters and a kit";
        scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(view.State == "Finished" ? "recovered" : "recovering")} from {from} of {view.TakenAt:yyyy-MM-dd HH:mm:ss} UTC"));
        scope.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{view.Reported.Count} nodes reported, {view.Awaited.Count} awaited{(view.Awaited.Count > 0 ? $": {string.Join(", ", view.Awaited)}" : "")}"));
        List(view.State == "Finished" ? "taken from the clusters:" : "to be taken from the clusters:", view.Rebuilt);
        List("runs beyond what the plane knows, and is left alone (take it over: fedctl recover finish --adopt):", view.Beyond);
        List("could not come back:", view.Lost);
        if (view.State != "Finished") scope.Console.Out.WriteLine("the plane decides nothing until: fedctl recover finish");

        void List(string title, IReadOnlyList<string> lines)
        {
            if (lines.Count == 0) return;
            scope.Console.Out.WriteLine(title);
            foreach (string line in lines) scope.Console.Out.WriteLine($"  {line}");
        }
    }
}
