using System.CommandLine;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Domain.Resources;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl get</c></summary>
internal static class GetCommand
{
    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string[]>("what") { Description = "KIND, KIND NAME..., KIND/NAME..., or nodes, replicas [WORKLOAD]", Arity = ArgumentArity.OneOrMore };
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Over all namespaces of the tenant" };
        var labels = new Option<string?>("--selector", "-l") { Description = "Only those with these labels: app=shop,tier!=back", HelpName = "LABELS" };
        Option<OutputFormat> output = OutputOption();
        var command = new Command("get", """
            Shows resources

            Examples:
              fedctl get clusters
              fedctl get workloads -A -o wide
              fedctl get workload web -o yaml
              fedctl get replicas web
            """) { what, everywhere, labels, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            string[] words = parse.GetValue(what)!;
            OutputFormat format = parse.GetValue(output);
            if (words[0] is "nodes" or "node") return await NodeTable.WriteAsync(session, scope.Console, format, ct);
            if (words[0] is "replicas" or "replica") return await ReplicaTable.WriteAsync(session, scope.Console, words.Skip(1).ToArray(), format, ct);
            bool all = parse.GetValue(everywhere);
            IReadOnlyList<ResourceTarget> targets = ResourceTarget.ParseAll(words);
            var found = new List<(ResourceKind Kind, Resource Item)>();
            foreach (ResourceTarget target in targets)
            {
                if (target.Name is { } name) found.Add((target.Kind, await session.RequireAsync(target.Kind, name, ct)));
                else found.AddRange((await session.ListAsync(target.Kind, all, parse.GetValue(labels), ct)).Select(item => (target.Kind, item)));
            }
            bool single = targets is [{ Name: not null }];
            ResourceOutput.Write(scope.Console, found, format, single, withNamespace: all);
            return ExitCode.Done;
        });
        return command;
    }

    public static Option<OutputFormat> OutputOption() => new("--output", "-o") { Description = "table, wide, json, yaml or name", HelpName = "FORMAT" };
}
