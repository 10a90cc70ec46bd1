using System.CommandLine;
using Federation.Cli.Applying;
using Federation.Cli.Importing;
using Federation.Cli.Session;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl cluster import</c></summary>
internal static class ImportCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        var cluster = new Argument<string>("cluster") { Description = "The swarm's cluster" };
        var services = new Argument<string[]>("service") { Description = "Services, by their names in the swarm", Arity = ArgumentArity.ZeroOrMore };
        var stack = new Option<string?>("--stack") { Description = "All services of a stack", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "All services that can be adopted" };
        var print = new Option<bool>("--print") { Description = "Prints the workloads as YAML, and changes nothing" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Asks the plane what would happen, and changes nothing" };
        var noWait = new Option<bool>("--no-wait") { Description = "Does not wait until the agent has taken them over" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("import", """
            Makes services that a swarm already runs workloads of the plane, without a restart

            Without a name it lists what the swarm runs beside the plane's own. What is adopted runs on as it is: only labels of the service change. Its workload
            is wanted in this cluster alone until its placement says more. A later version takes the place of the service, task by task: in the same networks, with
            the same secrets, configs and volumes of the swarm. What a later version would be without is told before. Needs the platform's admin.

            Examples:
              fedctl cluster import north
              fedctl cluster import north shop_web shop_api
              fedctl cluster import north --stack shop -n shop
              fedctl cluster import north --stack shop --print > shop.yaml
              fedctl cluster import north --all --dry-run
            """) { cluster, services, stack, all, print, dryRun, noWait, timeout };
        command.Validators.Add(result =>
        {
            int ways = (result.GetValue(services) is { Length: > 0 } ? 1 : 0) + (result.GetValue(stack) is null ? 0 : 1) + (result.GetValue(all) ? 1 : 0);
            if (ways > 1) result.AddError("name services, or give --stack or --all: one of them");
            if (ways == 0 && (result.GetValue(print) || result.GetValue(dryRun))) result.AddError("say which services: name them, or give --stack or --all");
        });
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = parse.GetValue(cluster)!;
            await new Place(name, null).RequireAsync(session, ct);
            var run = new ImportRun(session, scope.Console, name);
            string[] chosen = parse.GetValue(services) ?? [];
            if (chosen.Length == 0 && parse.GetValue(stack) is null && !parse.GetValue(all)) await run.ListAsync(ct);
            else
            {
                await run.AdoptAsync(
                    chosen, parse.GetValue(stack), parse.GetValue(all),
                    new ApplyChoices { DryRun = parse.GetValue(dryRun), WaitFor = parse.GetValue(noWait) ? null : parse.GetValue(timeout) ?? DefaultTimeout },
                    parse.GetValue(print), ct);
            }
            return ExitCode.Done;
        });
        return command;
    }
}
