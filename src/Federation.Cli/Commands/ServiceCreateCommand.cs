using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Cli.Stacks;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl service create</c></summary>
internal static class ServiceCreateCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        var image = new Argument<string>("image") { Description = "The image" };
        var words = new Argument<string[]>("argument") { Description = "In place of the image's own command, as for docker: what follows the image is the program's", Arity = ArgumentArity.ZeroOrMore };
        var name = new Option<string>("--name") { Description = "Its name", HelpName = "NAME", Required = true };
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Does not wait until it is ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until ready (default 5m)");
        var dryRun = new Option<bool>("--dry-run") { Description = "Asks the plane what would happen, and changes nothing" };
        var flags = new ServiceFlags();
        var command = new Command("create", """
            Makes a service of an image, as docker service create does

            What it says is what the service of a stack file would say: it is mapped, warned of or refused by the same rules.
            A published port is reached at the ingress, as NAME.localhost, and not at its number. Secrets and configs have to
            be there; a volume that is not there is made.

            Examples:
              fedctl service create --name web --replicas 2 -p 8080:80 nginx:1
              fedctl service create --name api -e MODE=fast --secret db_password --constraint node.labels.disk==ssd api:1
              fedctl service create --name tick busybox:1 sh -c 'while sleep 1; do date; done'
            """) { image, words, name, detach, timeout, dryRun };
        foreach (Option option in SwarmWords.Needless("fedctl service create").Concat(flags.All)) command.Options.Add(option);
        scope.Handle(command, async (session, parse, ct) =>
        {
            string called = parse.GetValue(name)!;
            IReadOnlyList<DeclaredResource> declared = ManifestFiles.ReadService(called, flags.File(parse, called, parse.GetValue(image)!, parse.GetValue(words) ?? []), session.Namespace, scope.Console);
            Workload workload = declared.Select(static one => one.Resource).OfType<Workload>().Single();
            await ServiceChange.RequireFilesAsync(session, workload.Spec.Template, ct);
            if (await session.Client.FindAsync(ResourceKind.Of<Workload>(), workload.Metadata.Name, ct: ct) is not null)
                throw new CliException(ExitCode.Failed, $"the service {workload.Metadata.Name} is there already", $"change it: fedctl service update {workload.Metadata.Name}; or remove it first: fedctl service rm {workload.Metadata.Name}");
            await new ApplyRun(session, scope.Console, new ApplyChoices
            {
                Manager = ServiceCommand.Manager,
                DryRun = parse.GetValue(dryRun),
                WaitFor = parse.GetValue(detach) || parse.GetValue(dryRun) ? null : parse.GetValue(timeout) ?? DefaultTimeout,
            }).RunAsync(declared, ct);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The arguments with a mark before the image: what follows it is the program's, whatever it looks like.</summary>
    public static string[] Marked(RootCommand root, string[] args)
    {
        int at = Array.IndexOf(args, "create");
        if (at < 1 || args[at - 1] != "service" || args.AsSpan(0, at).Contains("--")) return args;
        Command create = root.Subcommands.Single(static command => command.Name == "service").Subcommands.Single(static command => command.Name == "create");
        Option[] options = [.. create.Options, .. root.Options];
        for (int i = at + 1; i < args.Length; i++)
        {
            if (args[i] == "--") return args;
            if (!args[i].StartsWith('-')) return [.. args[..i], "--", .. args[i..]];
            Option? option = options.FirstOrDefault(option => option.Name == args[i] || option.Aliases.Contains(args[i]));
            if (option is not null && option.ValueType != typeof(bool)) i++;
        }
        return args;
    }
}
