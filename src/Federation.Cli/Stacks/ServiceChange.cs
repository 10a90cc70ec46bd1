using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Compose;

namespace Federation.Cli.Stacks;

/// <summary>What the flags of <c>docker service update</c> that are not the command's own change of a service: first is taken away what <c>-rm</c> names, then added what <c>-add</c> says.</summary>
internal sealed class ServiceChange
{
    // Where what a flag takes away lies, and by which member it is named.
    private static readonly (string Flag, string Help, string Description, (string Path, string? Member)[] Places)[] Removals =
    [
        ("--secret-rm", "SECRET", "Takes a secret away", [("template.secrets", "name")]),
        ("--config-rm", "CONFIG", "Takes a config away", [("template.configs", "name")]),
        ("--mount-rm", "TARGET", "Takes away what is mounted there", [("template.volumes", "path"), ("template.container.binds", "path"), ("template.container.tmpfs", "path"), ("template.container.scratch", null)]),
        ("--network-rm", "NETWORK", "Takes it out of a network", [("template.container.networks", "name")]),
        ("--label-rm", "NAME", "Takes a label of the service away", [("template.container.serviceLabels", null)]),
        ("--container-label-rm", "NAME", "Takes a label of its containers away", [("template.container.labels", null)]),
        ("--constraint-rm", "TERM", "Takes a constraint away", [("template.container.nodes.constraints", null)]),
        ("--group-rm", "GROUP", "Takes a group away", [("template.container.groups", null)]),
        ("--host-rm", "HOST", "Takes a host of its own away", [("template.container.extraHosts", "host")]),
        ("--dns-rm", "ADDRESS", "Takes a name server away", [("template.container.dns", null)]),
        ("--dns-search-rm", "DOMAIN", "Takes a domain to search away", [("template.container.dnsSearch", null)]),
        ("--dns-option-rm", "OPTION", "Takes an option of the resolver away", [("template.container.dnsOptions", null)]),
        ("--sysctl-rm", "NAME", "Takes a setting of the kernel away", [("template.container.sysctls", null)]),
        ("--ulimit-rm", "NAME", "Takes a limit away", [("template.container.ulimits", "name")]),
    ];

    private readonly ServiceFlags _flags = new(update: true);
    private readonly (Option<string[]> Option, (string Path, string? Member)[] Places)[] _removals =
        [.. Removals.Select(static removal => (new Option<string[]>(removal.Flag) { Description = removal.Description, HelpName = removal.Help, AllowMultipleArgumentsPerToken = false }, removal.Places))];

    public IEnumerable<Option> All => [.. _flags.All, .. _removals.Select(static removal => removal.Option)];

    /// <summary>What the flags add, once all of it is there; null where they add nothing.</summary>
    public async Task<DeclaredResource?> AdditionsAsync(PlaneSession session, ParseResult parse, CliConsole console, string name, CancellationToken ct)
    {
        if (!_flags.AnyIn(parse)) return null;
        IReadOnlyList<DeclaredResource> declared = ManifestFiles.ReadService(name, _flags.File(parse, name, "none", []), session.Namespace, console, "service update");
        DeclaredResource workload = declared.Single(static one => one.Resource is Workload);
        await RequireFilesAsync(session, ((Workload)workload.Resource).Spec.Template, ct);
        foreach (DeclaredResource made in declared.Where(static one => one.Resource is not Workload))
        {
            if (await session.Client.FindAsync(made.Kind, made.Resource.Metadata.Name, ct: ct) is not null) continue;
            await session.Client.ApplyFieldsAsync(made.Kind, made.Written, new Client.Resources.ApplyOptions { FieldManager = Commands.ServiceCommand.Manager }, ct);
            console.Out.WriteLine($"{ResourceTarget.Of(made.Kind, made.Resource.Metadata.Name)} created");
        }
        return workload;
    }

    /// <summary>Whether the secrets and configs of a template are there: a service would wait for one that is not, and docker refuses it.</summary>
    /// <exception cref="CliException">One of them is not.</exception>
    public static async Task RequireFilesAsync(PlaneSession session, WorkloadTemplate template, CancellationToken ct)
    {
        foreach (FileReference secret in template.Secrets ?? []) await session.RequireAsync(ResourceKind.Of<Secret>(), secret.Name, ct);
        foreach (FileReference config in template.Configs ?? []) await session.RequireAsync(ResourceKind.Of<Config>(), config.Name, ct);
    }

    /// <summary>The service as the flags change it.</summary>
    /// <exception cref="CliException">It has not what is to be taken away.</exception>
    public Workload Of(Workload now, ParseResult parse, DeclaredResource? additions)
    {
        JsonNode whole = ResourceOutput.Json(now);
        JsonObject spec = whole["spec"]!.AsObject();
        foreach ((Option<string[]> option, (string Path, string? Member)[] places) in _removals)
        {
            foreach (string word in parse.GetValue(option) ?? [])
            {
                if (!places.Aggregate(false, (found, place) => Remove(spec, place.Path.Split('.'), place.Member, word) || found))
                    throw new CliException(ExitCode.Failed, $"{option.Name} {word}: the service has none of that name; nothing was changed", $"see what it has: fedctl service inspect {now.Metadata.Name}");
            }
        }
        if (additions is not null)
        {
            var added = (JsonObject)additions.Written["spec"]!.DeepClone();
            added["template"]!.AsObject().Remove("image");
            Merge(spec, added);
        }
        return whole.Deserialize<Workload>(DomainJson.Options)!;
    }

    private static bool Remove(JsonObject spec, string[] path, string? member, string word)
    {
        JsonObject? parent = spec;
        foreach (string part in path[..^1]) parent = parent?[part] as JsonObject;
        bool found = parent?[path[^1]] switch { JsonObject map => map.Remove(word), JsonArray list => Remove(list, member, word), _ => false };
        if (found && parent![path[^1]] is JsonObject { Count: 0 } or JsonArray { Count: 0 }) parent.Remove(path[^1]);
        return found;
    }

    private static bool Remove(JsonArray list, string? member, string word)
    {
        JsonNode? doomed = list.FirstOrDefault(item => (member is null ? item : item![member])?.ToString() is { } named && (named == word || (member == "name" && named == ComposeReader.NameOf(word)) || (member == "host" && word.StartsWith(named + ":", StringComparison.Ordinal))));
        return doomed is not null && list.Remove(doomed);
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach ((string key, JsonNode? value) in from)
        {
            if (value is JsonObject inner && into[key] is JsonObject present) Merge(present, inner);
            // A program's words are one value; other lists are sets.
            else if (value is JsonArray list && into[key] is JsonArray there && key is not ("arguments" or "command")) Join(there, list);
            else into[key] = value?.DeepClone();
        }
    }

    private static void Join(JsonArray into, JsonArray from)
    {
        foreach (JsonNode? item in from)
        {
            JsonNode? same = into.FirstOrDefault(other => Key(other) == Key(item));
            if (same is JsonObject present && item is JsonObject added) Merge(present, added);
            else if (same is null) into.Add(item?.DeepClone());
        }
    }

    private static string? Key(JsonNode? item) => item is JsonObject named ? (named["path"] ?? named["name"] ?? named["host"])?.ToString() : item?.ToString();
}
