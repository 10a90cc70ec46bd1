using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl delete</c></summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND NAME... or KIND/NAME...", Arity = ArgumentArity.ZeroOrMore };
        Option<string[]> files = ApplyCommand.FilesOption(required: false);
        var stack = new Option<string?>("--stack") { Description = "Everything of this stack in the namespace", HelpName = "NAME" };
        Option<bool> deleteVolumes = ApplyCommand.DeleteVolumesOption();
        var wait = new Option<bool>("--wait") { Description = "Waits until each kind is gone before the next is begun (the default)" };
        var noWait = new Option<bool>("--no-wait") { Description = "Asks for everything and waits for nothing" };
        var ignore = new Option<bool>("--ignore-not-found") { Description = "What is not there counts as deleted" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until they are gone (default 2m)");
        var command = new Command("delete", """
            Deletes resources in order, and waits until they are gone

            Routes go first, then workloads until their replicas have stopped, then what these used. Volumes that files or a
            stack name stay with their data, unless --delete-volumes is given; a volume that is named by hand goes.

            Examples:
              fedctl delete -f examples/shop
              fedctl delete --stack shop --delete-volumes
              fedctl delete workload web --timeout 30s
            """) { what, files, stack, deleteVolumes, wait, noWait, ignore, timeout };
        command.Validators.Add(result =>
        {
            int ways = (result.GetValue(what) is { Length: > 0 } ? 1 : 0) + (result.GetValue(files) is { Length: > 0 } ? 1 : 0) + (result.GetValue(stack) is not null ? 1 : 0);
            if (ways != 1) result.AddError("name what to delete in one way: KIND NAME, -f FILE or --stack NAME");
            if (result.GetValue(wait) && result.GetValue(noWait)) result.AddError("--wait and --no-wait exclude each other");
        });
        scope.Handle(command, async (parse, ct) =>
        {
            string room = scope.NamespaceOf(parse);
            string[] named = parse.GetValue(files) ?? [];
            IReadOnlyList<DeclaredResource> declared = named.Length > 0 ? await ManifestFiles.ReadAsync(named, room, scope.Console, ct, parse.GetValue(stack)) : [];
            string[] words = parse.GetValue(what) ?? [];
            List<Doomed> doomed =
            [
                .. declared.Select(resource => new Doomed(resource.Kind, resource.Resource.Metadata.Namespace ?? room, resource.Resource.Metadata.Name)),
                .. words.Length > 0 ? ResourceTarget.ParseNamed(words).Select(target => new Doomed(target.Kind, room, target.Name!)) : [],
            ];
            using PlaneSession session = scope.Connect(parse);
            if (parse.GetValue(stack) is { } name)
            {
                doomed.AddRange((await StackMembers.ListAsync(session, name, [room], ct)).Select(member => new Doomed(member.Kind, member.Item.Metadata.Namespace!, member.Item.Metadata.Name)));
                if (doomed.Count == 0 && !parse.GetValue(ignore)) throw new CliException(ExitCode.NotFound, $"the namespace {room} has nothing of a stack {name}", "see what is there: fedctl get stacks");
            }
            if (words.Length == 0 && !parse.GetValue(deleteVolumes))
            {
                foreach (Doomed kept in doomed.Where(PruneChoice.IsVolume)) scope.Console.Error.WriteLine($"{kept.Text} stays with its data; --delete-volumes removes it");
                doomed.RemoveAll(PruneChoice.IsVolume);
            }
            // A file may name what was deleted one by one before: that is no failure. A name typed by hand is.
            bool tolerant = parse.GetValue(ignore) || words.Length == 0;
            await new Removal(session, scope.Console).RunAsync(doomed, tolerant, parse.GetValue(noWait) ? null : parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }
}
