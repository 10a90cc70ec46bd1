using System.CommandLine;
using System.Text.Json;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl events</c></summary>
internal static class EventsCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    public static Command Create(CommandScope scope)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Goes on with what happens from now on" };
        var about = new Option<string?>("--for") { Description = "Only those about KIND/NAME", HelpName = "KIND/NAME" };
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "Over all namespaces of the tenant" };
        Option<OutputFormat> output = GetCommand.OutputOption();
        var command = new Command("events", """
            Shows what happened, oldest first

            Examples:
              fedctl events
              fedctl events -w --for workload/web
              fedctl events -A -o json
            """) { watch, about, everywhere, output };
        scope.Handle(command, async (session, parse, ct) =>
        {
            Func<EventRecord, bool> wanted = Filter(parse.GetValue(about));
            EventRecord[] events = [.. (await session.Client.EventsAsync(allNamespaces: parse.GetValue(everywhere), ct: ct)).Where(wanted)];
            OutputFormat format = parse.GetValue(output);
            if (!parse.GetValue(watch))
            {
                if (format is OutputFormat.Json or OutputFormat.Yaml) ResourceOutput.WriteValue(scope.Console, JsonSerializer.SerializeToNode(events, DomainJson.Options), format);
                else EventLines.Table(events, DateTimeOffset.UtcNow).Write(scope.Console, format == OutputFormat.Wide);
                return ExitCode.Done;
            }
            var told = new HashSet<EventRecord>();
            while (!ct.IsCancellationRequested)
            {
                foreach (EventRecord record in events.Where(told.Add))
                    scope.Console.Out.WriteLine(format == OutputFormat.Json ? JsonSerializer.Serialize(record, DomainJson.Options) : EventLines.Line(record));
                await scope.Console.Out.FlushAsync(ct);
                await Task.WhenAny(Task.Delay(Pause, ct));
                if (ct.IsCancellationRequested) break;
                events = [.. (await session.Client.EventsAsync(allNamespaces: parse.GetValue(everywhere), ct: ct)).Where(wanted)];
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Func<EventRecord, bool> Filter(string? about)
    {
        if (about is null) return _ => true;
        ResourceTarget target = ResourceTarget.ParseNamed([about])[0];
        return record => record.Object.StartsWith(target.Kind.Name + " ", StringComparison.Ordinal)
            && (record.Object.EndsWith("/" + target.Name, StringComparison.Ordinal) || record.Object == $"{target.Kind.Name} {target.Name}");
    }
}
