using System.CommandLine;
using System.Globalization;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Cli.Stacks;
using Federation.Manifests;
using Federation.Manifests.Loading;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl stack</c>: stacks as users of a swarm know them.</summary>
internal static class StackCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        Command deploy = Deploy(scope), list = List(scope), remove = Remove(scope);
        deploy.Aliases.Add("up");
        list.Aliases.Add("list");
        remove.Aliases.Add("remove");
        remove.Aliases.Add("down");
        return new Command("stack", """
            Deploys Compose and stack files, and shows what became of them

            Examples:
              fedctl stack deploy -c docker-stack.yml shop
              fedctl stack services shop
              fedctl stack rm shop
            """)
        {
            deploy, list, Services(scope), Tasks(scope), remove, Config(scope),
        };
    }

    private static Command Deploy(CommandScope scope)
    {
        Option<string[]> files = FilesOption();
        Option<string[]> profiles = ProfileOption(), environment = EnvironmentOption();
        var name = new Argument<string>("stack") { Description = "The stack's name" };
        var prune = new Option<bool>("--prune") { Description = "Removes what the stack has and the files no longer have; volumes stay" };
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Does not wait until it is ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until ready (default 5m)");
        Option<bool> force = ApplyCommand.ForceOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Asks the plane what would happen, and changes nothing" };
        var command = new Command("deploy", """
            Creates a stack of Compose files, or brings it up to date

            Later files are joined with the earlier ones by the rules of the Compose specification: they change what they
            mention, and paths begin in the folder of the first file. 'fedctl stack config' shows what comes of it. What changes
            nothing is told with its place and the reason; what cannot be honoured is refused before anything is changed.

            Examples:
              fedctl stack deploy -c docker-stack.yml shop
              fedctl stack deploy -c compose.yaml -c production.yaml --prune shop
            """) { files, profiles, environment, name, prune, detach, timeout, force, dryRun };
        foreach (Option option in SwarmWords.Needless("fedctl stack deploy")) command.Options.Add(option);
        scope.Handle(command, async (parse, ct) =>
        {
            string room = scope.NamespaceOf(parse);
            (_, IReadOnlyList<DeclaredResource> declared) = await ManifestFiles.ReadStackAsync(parse.GetValue(files)!, Choices(parse, profiles, environment) with { Name = parse.GetValue(name) }, room, scope.Console, ct);
            using PlaneSession session = scope.Connect(parse);
            await new ApplyRun(session, scope.Console, new ApplyChoices
            {
                Force = parse.GetValue(force),
                DryRun = parse.GetValue(dryRun),
                Prune = parse.GetValue(prune),
                Yes = parse.GetValue(prune),
                WaitFor = parse.GetValue(detach) ? null : parse.GetValue(timeout) ?? DefaultTimeout,
            }).RunAsync(declared, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CommandScope scope)
    {
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Over all namespaces of the tenant" };
        var list = new ListFlags();
        var command = new Command("ls", """
            Lists stacks

            Example:
              fedctl stack ls
            """) { everywhere };
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            bool all = parse.GetValue(everywhere);
            var items = new List<ListedItem>();
            foreach (StackView stack in await StackView.ListAsync(session, all, [], ct))
            {
                string clusters = string.Join(", ", stack.Workloads.SelectMany(static workload => workload.Status?.Clusters ?? []).Select(static share => share.Cluster).Distinct().Order(StringComparer.Ordinal));
                string[] lead = all ? [stack.Namespace] : [];
                items.Add(new ListedItem($"stack/{stack.Name}", stack.Listed(all).Json, table => table.Add([.. lead, stack.Name, stack.Workloads.Count().ToString(CultureInfo.InvariantCulture), stack.State, clusters.Length > 0 ? clusters : "-"])));
            }
            list.Write(scope.Console, parse, items, new Table([.. all ? [new Column("NAMESPACE")] : Array.Empty<Column>(), new("NAME"), new("SERVICES", Right: true), new("STATE"), new("CLUSTER")]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Services(CommandScope scope)
    {
        Argument<string> name = NameArgument();
        var list = new ListFlags();
        var command = new Command("services", """
            Lists the services of a stack

            Example:
              fedctl stack services shop
            """) { name };
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            StackView stack = await FindAsync(session, parse.GetValue(name)!, ct);
            IReadOnlyList<Domain.Routing.Route> routes = await ServiceTable.RoutesAsync(session, ct);
            list.Write(scope.Console, parse, [.. stack.Workloads.Select(workload => ServiceTable.Listed(workload, routes))], ServiceTable.Empty());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Tasks(CommandScope scope)
    {
        Argument<string> name = NameArgument();
        var list = new ListFlags();
        var command = new Command("ps", """
            Lists the replicas of a stack, with where they are and what is wrong with them

            Example:
              fedctl stack ps shop
            """) { name };
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            StackView stack = await FindAsync(session, parse.GetValue(name)!, ct);
            list.Write(scope.Console, parse, await ServiceCommand.TasksAsync(session, [.. stack.Workloads], ct), ServiceTable.EmptyTasks());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(CommandScope scope)
    {
        var names = new Argument<string[]>("stack") { Description = "The stacks", Arity = ArgumentArity.OneOrMore };
        Option<bool> deleteVolumes = ApplyCommand.DeleteVolumesOption();
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Asks for everything and waits for nothing" };
        var command = new Command("rm", """
            Removes stacks in order; volumes stay with their data, unless --delete-volumes is given

            Example:
              fedctl stack rm shop
            """) { names, deleteVolumes, detach };
        scope.Handle(command, async (session, parse, ct) =>
        {
            // All are found before the first is removed.
            foreach (StackView stack in await StackView.ListAsync(session, false, parse.GetValue(names)!, ct))
            {
                List<Doomed> doomed = [.. stack.Members.Select(static member => new Doomed(member.Kind, member.Item.Metadata.Namespace!, member.Item.Metadata.Name))];
                if (!parse.GetValue(deleteVolumes))
                {
                    foreach (Doomed kept in doomed.Where(PruneChoice.IsVolume)) scope.Console.Error.WriteLine($"{kept.Text} stays with its data; --delete-volumes removes it");
                    doomed.RemoveAll(PruneChoice.IsVolume);
                }
                await new Removal(session, scope.Console).RunAsync(doomed, tolerant: true, parse.GetValue(detach) ? null : DefaultTimeout, ct);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Config(CommandScope scope)
    {
        Option<string[]> files = FilesOption();
        Option<string[]> profiles = ProfileOption(), environment = EnvironmentOption();
        var resources = new Option<bool>("--resources") { Description = "The plane's own resources in place of a Compose file; values of secrets are left out" };
        var command = new Command("config", """
            Prints the files joined into one, as they are deployed, and asks the plane for nothing

            Examples:
              fedctl stack config -c compose.yaml -c production.yaml
              fedctl stack config -c docker-stack.yml --resources
            """) { files, profiles, environment, resources };
        scope.Handle(command, async (parse, ct) =>
        {
            (Manifests.Compose.ComposeStack stack, IReadOnlyList<DeclaredResource> declared) = await ManifestFiles.ReadStackAsync(parse.GetValue(files)!, Choices(parse, profiles, environment), scope.NamespaceOf(parse), scope.Console, ct);
            if (!parse.GetValue(resources)) scope.Console.Out.Write(stack.ToYaml());
            else scope.Console.Out.Write(string.Join("---\n", declared.Select(Shown)));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Shown(DeclaredResource declared)
    {
        var written = (System.Text.Json.Nodes.JsonObject)declared.Written.DeepClone();
        if (declared.Kind.Name == "Secret") written.Remove("spec");
        return Manifests.Writing.ResourceWriter.ToYaml(written);
    }

    private static StackChoices Choices(ParseResult parse, Option<string[]> profiles, Option<string[]> environment) =>
        new() { Profiles = parse.GetValue(profiles) ?? [], EnvironmentFiles = parse.GetValue(environment) ?? [] };

    private static Option<string[]> FilesOption() => new("--compose-file", "-c")
    {
        Description = "A Compose file, or - for standard input; several are joined",
        HelpName = "FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = false,
    };

    private static Option<string[]> ProfileOption() => new("--profile") { Description = "Services of this profile, too; * for all", HelpName = "NAME" };

    private static Option<string[]> EnvironmentOption() => new("--env-file") { Description = "Variables, in place of .env beside the first file", HelpName = "FILE" };

    private static Argument<string> NameArgument() => new("stack") { Description = "The stack" };

    private static async Task<StackView> FindAsync(PlaneSession session, string name, CancellationToken ct) => (await StackView.ListAsync(session, false, [name], ct))[0];
}
