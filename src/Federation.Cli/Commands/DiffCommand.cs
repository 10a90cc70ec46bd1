using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Diffing;
using Federation.Cli.Session;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl diff</c></summary>
internal static class DiffCommand
{
    public static Command Create(CommandScope scope)
    {
        Option<string[]> files = ApplyCommand.FilesOption();
        Option<string> manager = ApplyCommand.ManagerOption();
        Option<bool> force = ApplyCommand.ForceOption();
        Option<string?> stack = ApplyCommand.StackOption();
        var prune = new Option<bool>("--prune") { Description = "Also what the stack has and the files no longer have" };
        Option<bool> deleteVolumes = ApplyCommand.DeleteVolumesOption();
        var command = new Command("diff", """
            Shows what an apply would change, and changes nothing

            The plane computes it, so that it is exactly what 'fedctl apply' with the same options then does. Values of
            secrets are never shown. Ends with 0 where nothing would change, 1 where something would, above 1 on errors.

            Examples:
              fedctl diff -f examples/shop
              fedctl diff -f shop --stack shop --prune
            """) { files, manager, force, stack, prune, deleteVolumes };
        command.SetAction(async (parse, ct) =>
        {
            try
            {
                string room = scope.NamespaceOf(parse);
                IReadOnlyList<DeclaredResource> declared = StackMembers.Labelled(await ManifestFiles.ReadAsync(parse.GetValue(files)!, room, scope.Console, ct, parse.GetValue(stack)), parse.GetValue(stack));
                using PlaneSession session = scope.Connect(parse);
                bool differs = await new DiffRun(session, scope.Console, new ApplyChoices
                {
                    Manager = parse.GetValue(manager)!,
                    Force = parse.GetValue(force),
                    Prune = parse.GetValue(prune),
                    DeleteVolumes = parse.GetValue(deleteVolumes),
                }).RunAsync(declared, ct);
                return differs ? ExitCode.Failed : ExitCode.Done;
            }
            catch (Exception failure)
            {
                // 1 says that something would change.
                int code = Failures.Tell(failure, scope.Console, ct);
                return code == ExitCode.Failed ? ExitCode.DiffFailed : code;
            }
        });
        return command;
    }
}
