using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Session;
using Federation.Domain.Resources;
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
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until they are gone" };
        var ignore = new Option<bool>("--ignore-not-found") { Description = "What is not there counts as deleted" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait until they are gone (default 2m)");
        var command = new Command("delete", """
            Deletes resources, in the reverse order of their application, and waits until they are gone

            Examples:
              fedctl delete -f examples/shop
              fedctl delete workload web
            """) { what, files, noWait, ignore, timeout };
        scope.Handle(command, async (parse, ct) =>
        {
            string room = scope.NamespaceOf(parse);
            List<(ResourceKind Kind, string Namespace, string Name)> doomed = [];
            if (parse.GetValue(files) is { Length: > 0 } named)
                foreach (DeclaredResource declared in (await ManifestFiles.ReadAsync(named, room, scope.Console, ct)).OrderByDescending(declared => declared.Kind.ApplyOrder))
                    doomed.Add((declared.Kind, declared.Resource.Metadata.Namespace ?? room, declared.Resource.Metadata.Name));
            else
                doomed.AddRange(ResourceTarget.ParseNamed(parse.GetValue(what)!).Select(target => (target.Kind, room, target.Name!)));

            using PlaneSession session = scope.Connect(parse);
            // A file may name what was deleted one by one before: that is no failure. A name typed by hand is.
            bool tolerant = parse.GetValue(ignore) || parse.GetValue(files) is { Length: > 0 };
            foreach ((ResourceKind kind, string space, string name) in doomed)
            {
                bool was = await session.DeleteAsync(kind, space, name, ct);
                if (!was && !tolerant) throw PlaneSession.NotFound(kind, name);
                scope.Console.Out.WriteLine($"{ResourceTarget.Of(kind, name)} {(was ? "deleted" : "not found")}");
            }
            if (!parse.GetValue(noWait)) await session.UntilGoneAsync(doomed, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }
}
