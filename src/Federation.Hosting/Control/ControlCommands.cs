using System.Globalization;
using Federation.Hosting.ApplicationModel;
using Federation.Hosting.Launching;

namespace Federation.Hosting.Control;

/// <summary>Carries out the commands that a running launcher takes.</summary>
internal sealed class ControlCommands(IReadOnlyList<ProjectInstance> instances, CancellationToken stopping)
{
    public async Task<(bool Done, string Text)> ExecuteAsync(IReadOnlyList<string> words)
    {
        if (words is ["list"]) return (true, List());
        if (words is not [var verb, var name]) return (false, "a command is 'list', or a verb and a name: stop us-cloud-n1");
        ProjectInstance[] chosen = [.. instances.Where(instance => instance.Name == name || instance.Project.Name == name)];
        if (chosen.Length == 0) chosen = [.. instances.Where(instance => instance.Name.StartsWith(name + "-", StringComparison.Ordinal))];
        if (chosen.Length == 0) return (false, $"there is no resource '{name}'; there are: {string.Join(", ", instances.Select(instance => instance.Name))}");
        switch (verb)
        {
            case "stop":
                await Task.WhenAll(chosen.Select(instance => instance.HoldAsync(atOnce: false)));
                return (true, $"stopped {Names(chosen)}; 'start {name}' starts again");
            case "kill":
                foreach (ProjectInstance instance in chosen) instance.Kill();
                return (true, $"killed {Names(chosen)}; the launcher starts again what it killed");
            case "start":
                foreach (ProjectInstance instance in chosen) instance.Resume();
                return (true, $"started {Names(chosen)}");
            default:
                return await ExecuteOwnAsync(verb, chosen);
        }
    }

    private static string Names(IEnumerable<ProjectInstance> chosen) => string.Join(", ", chosen.Select(instance => instance.Name));

    private async Task<(bool Done, string Text)> ExecuteOwnAsync(string verb, ProjectInstance[] chosen)
    {
        if (chosen.FirstOrDefault(instance => !instance.Project.Commands.ContainsKey(verb)) is { } unable)
            return (false, $"'{unable.Name}' has no command '{verb}'; it has: {string.Join(", ", (string[])["stop", "kill", "start", .. unable.Project.Commands.Keys])}");
        string[] answers = await Task.WhenAll(chosen.Select(instance => instance.Project.Commands[verb].Execute(new ExecuteCommandContext
        {
            ResourceName = instance.Name,
            CancellationToken = stopping,
            KillAndHoldAsync = () => instance.HoldAsync(atOnce: true),
        })));
        return (true, string.Join(Environment.NewLine, answers));
    }

    private string List()
    {
        var lines = instances.Select(instance => string.Create(CultureInfo.InvariantCulture,
            $"{instance.Name,-16} {instance.State,-9} {instance.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-",-8} {string.Join(' ', instance.Project.Endpoints.Select(endpoint => endpoint.Url))}").TrimEnd());
        var own = instances.SelectMany(instance => instance.Project.Commands).Select(command => (command.Key, command.Value.Description)).Distinct()
            .Select(command => $"{command.Key} NAME: {command.Description}");
        return string.Join(Environment.NewLine, [$"{"NAME",-16} {"STATE",-9} {"PID",-8} ADDRESSES", .. lines, .. own]);
    }
}
