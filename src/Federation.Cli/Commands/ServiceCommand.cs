using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Rollouts;
using Federation.Cli.Session;
using Federation.Cli.Stacks;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Compose.Values;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl service</c>: workloads as users of a swarm know them.</summary>
internal static class ServiceCommand
{
    /// <summary>The writer of what is changed as a service.</summary>
    public const string Manager = "fedctl-service";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    public static Command Create(CommandScope scope)
    {
        Command logs = LogsCommand.Create(scope, static async (session, name, ct) => (await ServiceTable.FindAsync(session, name, ct)).Metadata.Name);
        logs.Description = logs.Description!.Replace("fedctl logs", "fedctl service logs", StringComparison.Ordinal);
        Command list = List(scope), remove = Remove(scope);
        list.Aliases.Add("list");
        remove.Aliases.Add("remove");
        return new Command("service", """
            Shows and changes services, which are workloads under the name that a swarm gives them

            A service is named as its workload, or as STACK_SERVICE.

            Examples:
              fedctl service create --name web -p 8080:80 nginx:1
              fedctl service ls
              fedctl service scale shop_web=5 shop_api=3
              fedctl service update --image web:2 shop_web
            """)
        {
            ServiceCreateCommand.Create(scope), list, Tasks(scope), Scale(scope), Update(scope), Rollback(scope), logs, Inspect(scope), remove,
        };
    }

    /// <summary>The replicas of workloads, as rows.</summary>
    public static async Task<IReadOnlyList<ListedItem>> TasksAsync(PlaneSession session, IReadOnlyList<Workload> workloads, CancellationToken ct)
    {
        var items = new List<ListedItem>();
        foreach (Workload workload in workloads)
        {
            IReadOnlyList<ReplicaView> replicas = await session.Client.ReplicasAsync(workload.Metadata.Name, ct: ct);
            (string? aimed, string? other) = await ImagesAsync(session, workload, ct);
            items.AddRange(replicas.Select(replica => ServiceTable.Task(workload, replica, replica.Revision == workload.Status?.Revision ? aimed : other)));
        }
        return items;
    }

    // While a version is rolled out, and after it has failed, two are there: what the workload says is the image of one of them alone.
    private static async Task<(string? Aimed, string? Other)> ImagesAsync(PlaneSession session, Workload workload, CancellationToken ct)
    {
        if (workload.Status?.Rollout is not { } rollout || rollout.RunningNumber is not { } running || running == rollout.Number) return (null, null);
        IReadOnlyList<RevisionView> revisions = await session.Client.RevisionsAsync(workload.Metadata.Name, ct: ct);
        string? Image(int number) => revisions.FirstOrDefault(revision => revision.Number == number)?.Template?["image"]?.ToString();
        return rollout.State == "Undone" ? (Image(running), Image(rollout.Number)) : (Image(rollout.Number), Image(running));
    }

    private static Command List(CommandScope scope)
    {
        var list = new ListFlags();
        var command = new Command("ls", """
            Lists services, and the clusters that they lie in

            Example:
              fedctl service ls
            """);
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            IReadOnlyList<Resource> workloads = await session.ListAsync(ResourceKind.Of<Workload>(), false, null, ct);
            IReadOnlyList<Route> routes = await ServiceTable.RoutesAsync(session, ct);
            list.Write(scope.Console, parse, [.. workloads.Cast<Workload>().Select(workload => ServiceTable.Listed(workload, routes))], ServiceTable.Empty());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Tasks(CommandScope scope)
    {
        Argument<string[]> services = Services();
        var list = new ListFlags();
        var command = new Command("ps", """
            Lists the replicas of services, with where they are and what is wrong with them

            Example:
              fedctl service ps shop_web
            """) { services };
        list.AddTo(command);
        scope.Handle(command, async (session, parse, ct) =>
        {
            var workloads = new List<Workload>();
            foreach (string name in parse.GetValue(services)!) workloads.Add(await ServiceTable.FindAsync(session, name, ct));
            list.Write(scope.Console, parse, await TasksAsync(session, workloads, ct), ServiceTable.EmptyTasks());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Scale(CommandScope scope)
    {
        var wanted = new Argument<string[]>("service=replicas") { Description = "Services, each with its number", Arity = ArgumentArity.OneOrMore };
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Does not wait until they are ready" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("scale", """
            Sets the replicas of services and owns the numbers: a later deploy of a file without replicas leaves them

            Example:
              fedctl service scale shop_web=5 shop_api=3
            """) { wanted, detach, timeout };
        scope.Handle(command, async (session, parse, ct) =>
        {
            // All are read before the first is changed.
            var numbers = new List<(string Name, int Replicas)>();
            foreach (string word in parse.GetValue(wanted)!)
            {
                if (word.Split('=') is not [{ Length: > 0 } service, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    throw new CliException(ExitCode.Usage, $"'{word}' is not SERVICE=REPLICAS", "for example: shop_web=5");
                numbers.Add(((await ServiceTable.FindAsync(session, service, ct)).Metadata.Name, number));
            }
            foreach ((string name, int replicas) in numbers)
            {
                await session.Client.ScaleAsync(name, replicas, fieldManager: "fedctl-scale", ct: ct);
                scope.Console.Out.WriteLine($"{name} scaled to {replicas.ToString(CultureInfo.InvariantCulture)}");
            }
            if (!parse.GetValue(detach)) await new ReadyProgress(session, scope.Console).WaitAsync([.. numbers.Select(number => (session.Namespace, number.Name))], parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Update(CommandScope scope)
    {
        var service = new Argument<string>("service") { Description = "The service" };
        var image = new Option<string?>("--image") { Description = "The image that its containers run", HelpName = "IMAGE" };
        var add = new Option<string[]>("--env-add") { Description = "Sets a variable", HelpName = "NAME=VALUE" };
        var remove = new Option<string[]>("--env-rm") { Description = "Takes a variable away", HelpName = "NAME" };
        var replicas = new Option<int?>("--replicas") { Description = "How many", HelpName = "N" };
        var parallelism = new Option<int?>("--update-parallelism") { Description = "How many are replaced at once; 0 for all", HelpName = "N" };
        Option<TimeSpan?> delay = Durations.Option("--update-delay", "How long a new replica is observed before the next ones are replaced");
        var order = new Option<string?>("--update-order") { Description = "start-first or stop-first", HelpName = "ORDER" };
        order.AcceptOnlyFromAmong("start-first", "stop-first");
        var failure = new Option<string?>("--update-failure-action") { Description = "pause or rollback", HelpName = "ACTION" };
        failure.AcceptOnlyFromAmong("pause", "rollback");
        Option<string?> limitCpu = Amount("--limit-cpu", "The most processor time"), limitMemory = Amount("--limit-memory", "The most memory"), cpu = Amount("--reserve-cpu", "Reserved processor time"), memory = Amount("--reserve-memory", "Reserved memory");
        var back = new Option<bool>("--rollback") { Description = "Goes back to the version before, as fedctl service rollback does" };
        var change = new ServiceChange();
        var again = new Option<bool>("--force") { Description = "Starts every replica anew, even if nothing else changes" };
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Does not wait until it runs everywhere" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("update", """
            Changes a service and waits until the change runs everywhere

            A version that fails is undone, or held, by the service's own rule, and the command ends with 1 and the reason.
            What takes away is done before what adds: so a secret's successor may have its file.

            Examples:
              fedctl service update --image web:2 shop_web
              fedctl service update --env-add MODE=fast --update-parallelism 2 --update-delay 10s shop_api
              fedctl service update --secret-rm db_password --secret-add source=db_password_2,target=db_password shop_api
            """) { service, image, add, remove, replicas, parallelism, delay, order, failure, limitCpu, limitMemory, cpu, memory, back, again, detach, timeout };
        foreach (Option option in SwarmWords.Needless("fedctl service update").Concat(change.All)) command.Options.Add(option);
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = (await ServiceTable.FindAsync(session, parse.GetValue(service)!, ct)).Metadata.Name;
            if (parse.GetValue(back)) return await BackAsync(session, scope, name, parse.GetValue(detach), parse.GetValue(timeout), ct);
            DeclaredResource? additions = await change.AdditionsAsync(session, parse, scope.Console, name, ct);
            for (int attempt = 1; ; attempt++)
            {
                Workload now = change.Of((Workload)await session.RequireAsync(ResourceKind.Of<Workload>(), name, ct), parse, additions);
                WorkloadTemplate template = now.Spec.Template;
                if (parse.GetValue(image) is { } wanted) template = template with { Image = wanted };
                template = template with { Environment = Variables(template.Environment, parse.GetValue(add) ?? [], parse.GetValue(remove) ?? []), Resources = Resources(template.Resources, parse.GetValue(limitCpu), parse.GetValue(limitMemory), parse.GetValue(cpu), parse.GetValue(memory)) };
                UpdateStrategy update = Strategy(now.Spec.Update, parse.GetValue(parallelism), parse.GetValue(order), parse.GetValue(delay), parse.GetValue(failure));
                Workload changed = now with { Spec = now.Spec with { Template = template, Update = update, Replicas = parse.GetValue(replicas) ?? now.Spec.Replicas } };
                try
                {
                    ApplyResult result = await session.Client.ApplyAsync(changed, new ApplyOptions { IfVersion = now.Metadata.ResourceVersion, FieldManager = Manager }, ct);
                    if (parse.GetValue(again) && result.Result == "unchanged") await session.Client.RestartAsync(name, ct: ct);
                    scope.Console.Out.WriteLine($"{name} {(parse.GetValue(again) && result.Result == "unchanged" ? "is restarted" : result.Result)}");
                    break;
                }
                catch (ApiException refusal) when (refusal.Status == HttpStatusCode.PreconditionFailed && attempt < 5)
                {
                    // Somebody changed it meanwhile: what is wanted is put into what it is now.
                }
            }
            if (!parse.GetValue(detach)) await new RolloutProgress(session, scope.Console).WaitAsync(name, parse.GetValue(timeout) ?? DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string?> Amount(string name, string description) => new(name) { Description = description, HelpName = "AMOUNT" };

    private static Dictionary<string, string>? Variables(IReadOnlyDictionary<string, string>? now, string[] added, string[] removed)
    {
        var all = new Dictionary<string, string>(now ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (string pair in added)
        {
            // The text itself stays out of the message: it may be confidential.
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, var value]) throw new CliException(ExitCode.Usage, "--env-add needs NAME=VALUE");
            all[name] = value.Replace("$(", "$$(", StringComparison.Ordinal);
        }
        foreach (string name in removed) all.Remove(name);
        return all.Count > 0 ? all : null;
    }

    private static ResourceRequirements? Resources(ResourceRequirements? now, string? limitCpu, string? limitMemory, string? cpu, string? memory)
    {
        if ((limitCpu ?? limitMemory ?? cpu ?? memory) is null) return now;
        try
        {
            ResourceRequirements all = now ?? new();
            if (limitCpu is not null) all = all with { CpuLimit = CpuMillis.Parse(limitCpu) };
            if (limitMemory is not null) all = all with { MemoryLimit = Memory(limitMemory) };
            if (cpu is not null) all = all with { Cpu = CpuMillis.Parse(cpu) };
            return memory is null ? all : all with { Memory = Memory(memory) };
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCode.Usage, e.Message);
        }
    }

    // As docker reads it: 512m and 512M are 512 times 1024 times 1024 bytes.
    private static MemoryBytes Memory(string text)
    {
        try
        {
            return new MemoryBytes(ComposeScalars.Bytes(text));
        }
        catch (FormatException)
        {
            return MemoryBytes.Parse(text);
        }
    }

    private static UpdateStrategy Strategy(UpdateStrategy now, int? parallelism, string? order, TimeSpan? delay, string? failure)
    {
        if (parallelism is not null || order is not null)
        {
            bool startFirst = (order ?? (now.MaxUnavailable.IsZero ? "start-first" : "stop-first")) == "start-first";
            ReplicaShare share = parallelism switch { null => now.MaxSurge.IsZero ? now.MaxUnavailable : now.MaxSurge, <= 0 => new ReplicaShare(100, Percent: true), var count => count.Value };
            now = now with { MaxSurge = startFirst ? share : 0, MaxUnavailable = startFirst ? 0 : share };
        }
        if (delay is { } time) now = now with { ObserveSeconds = (int)Math.Min(Math.Ceiling(time.TotalSeconds), 3600) };
        return failure switch { "pause" => now with { OnFailure = FailureAction.Pause }, "rollback" => now with { OnFailure = FailureAction.Undo }, _ => now };
    }

    private static Command Rollback(CommandScope scope)
    {
        var service = new Argument<string>("service") { Description = "The service" };
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Does not wait until it runs everywhere" };
        Option<TimeSpan?> timeout = Durations.Option("--timeout", "How long to wait (default 5m)");
        var command = new Command("rollback", """
            Goes back to the version before

            Example:
              fedctl service rollback shop_web
            """) { service, detach, timeout };
        foreach (Option option in SwarmWords.Needless("fedctl service rollback")) command.Options.Add(option);
        scope.Handle(command, async (session, parse, ct) =>
        {
            string name = (await ServiceTable.FindAsync(session, parse.GetValue(service)!, ct)).Metadata.Name;
            return await BackAsync(session, scope, name, parse.GetValue(detach), parse.GetValue(timeout), ct);
        });
        return command;
    }

    private static async Task<int> BackAsync(PlaneSession session, CommandScope scope, string name, bool detach, TimeSpan? timeout, CancellationToken ct)
    {
        await session.Client.UndoAsync(name, ct: ct);
        scope.Console.Out.WriteLine($"{name} goes back");
        if (!detach) await new RolloutProgress(session, scope.Console).WaitAsync(name, timeout ?? DefaultTimeout, ct);
        return ExitCode.Done;
    }

    private static Command Inspect(CommandScope scope)
    {
        Argument<string[]> services = Services();
        var command = new Command("inspect", """
            Prints what is known of services as JSON

            Example:
              fedctl service inspect shop_web
            """) { services };
        scope.Handle(command, async (session, parse, ct) =>
        {
            var found = new JsonArray();
            foreach (string name in parse.GetValue(services)!) found.Add(ResourceOutput.Json(await ServiceTable.FindAsync(session, name, ct)));
            ResourceOutput.WriteValue(scope.Console, found, OutputFormat.Json);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(CommandScope scope)
    {
        Argument<string[]> services = Services();
        var detach = new Option<bool>("--detach", "-d", "--no-wait") { Description = "Asks for it and waits for nothing" };
        var command = new Command("rm", """
            Removes services, with the routes that lead to them

            Example:
              fedctl service rm shop_web
            """) { services, detach };
        scope.Handle(command, async (session, parse, ct) =>
        {
            var doomed = new List<Doomed>();
            ResourceKind routes = ResourceKind.Of<Route>();
            foreach (string name in parse.GetValue(services)!)
            {
                Workload workload = await ServiceTable.FindAsync(session, name, ct);
                doomed.Add(new Doomed(ResourceKind.Of<Workload>(), session.Namespace, workload.Metadata.Name));
                doomed.AddRange((await session.ListAsync(routes, false, null, ct)).Cast<Route>().Where(route => route.Spec.Workload == workload.Metadata.Name).Select(route => new Doomed(routes, session.Namespace, route.Metadata.Name)));
            }
            await new Removal(session, scope.Console).RunAsync(doomed, tolerant: true, parse.GetValue(detach) ? null : DefaultTimeout, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string[]> Services() => new("service") { Description = "Services", Arity = ArgumentArity.OneOrMore };
}
