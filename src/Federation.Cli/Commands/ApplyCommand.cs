using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl apply</c></summary>
internal static class ApplyCommand
{
    /// <summary>The name in which fedctl owns what it applies.</summary>
    public const string DefaultManager = "fedctl";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        Option<string[]> files = FilesOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Asks the plane what would happen, and changes nothing; 'fedctl diff' shows the fields" };
        var wait = new Option<bool>("--wait") { Description = "Waits until the workloads are ready (the default)" };
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until ready (default 5m)");
        Option<string> manager = ManagerOption();
        Option<bool> force = ForceOption();
        Option<string?> stack = StackOption();
        var prune = new Option<bool>("--prune") { Description = "Removes what the stack has and the files no longer have, after listing it and asking" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask" };
        Option<bool> deleteVolumes = DeleteVolumesOption();
        var command = new Command("apply", """
            Creates or updates what files declare, and waits until it is ready

            Only the fields that the files mention are changed, and fedctl owns them from then on. A field that another
            writer owns with another value is a conflict, which is told by name before anything is changed. Everything is
            checked here, then by the plane in a dry run, before the first change. Compose and stack files are known by what
            they hold, and become a stack; Kubernetes manifests are known by apiVersion and kind, and read all together. What
            of either changes nothing, or is for some clusters alone, is told with its place.

            Compose files that are named one by one are joined, as docker joins them, where they lie in one folder and are one
            stack: with --stack or COMPOSE_PROJECT_NAME, with the same name: in them, or called after the first, as
            compose.prod.yaml after compose.yaml. Others are stacks of their own. 'fedctl stack deploy -c' always joins.

            Examples:
              fedctl apply -f examples/shop
              fedctl apply -f web.yaml -f api.yaml --dry-run
              fedctl apply -f shop --stack shop --prune
              fedctl apply -f docker-stack.yml --stack shop
              fedctl apply -f docker-compose.yml -f docker-compose.prod.yml
              helm template shop ./chart | fedctl apply -f -
              cat web.yaml | fedctl apply -f - --no-wait
              fedctl apply -f web.yaml --field-manager pipeline --force-conflicts
            """) { files, dryRun, wait, noWait, timeout, manager, force, stack, prune, yes, deleteVolumes };
        command.Validators.Add(result =>
        {
            if (result.GetValue(wait) && result.GetValue(noWait)) result.AddError("--wait and --no-wait exclude each other");
        });
        scope.Handle(command, async (parse, ct) =>
        {
            // Read before the plane is asked for anything: a typo needs no login.
            string room = scope.NamespaceOf(parse);
            IReadOnlyList<DeclaredResource> declared = StackMembers.Labelled(await ManifestFiles.ReadAsync(parse.GetValue(files)!, room, scope.Console, ct, parse.GetValue(stack)), parse.GetValue(stack));
            using PlaneSession session = scope.Connect(parse);
            await new ApplyRun(session, scope.Console, new ApplyChoices
            {
                Manager = parse.GetValue(manager)!,
                Force = parse.GetValue(force),
                DryRun = parse.GetValue(dryRun),
                Prune = parse.GetValue(prune),
                Yes = parse.GetValue(yes),
                DeleteVolumes = parse.GetValue(deleteVolumes),
                WaitFor = parse.GetValue(noWait) ? null : parse.GetValue(timeout) ?? DefaultTimeout,
            }).RunAsync(declared, ct);
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

    public static Option<string> ManagerOption() => new("--field-manager")
    {
        Description = $"The name that owns the fields (default {DefaultManager})",
        HelpName = "NAME",
        DefaultValueFactory = _ => DefaultManager,
    };

    public static Option<bool> ForceOption() => new("--force-conflicts") { Description = "Takes over fields that others own" };

    public static Option<string?> StackOption() => new("--stack")
    {
        Description = "The stack that the files belong to (default: their label federation/stack)",
        HelpName = "NAME",
    };

    public static Option<bool> DeleteVolumesOption() => new("--delete-volumes") { Description = "Removes volumes too, with their data" };
}
