using System.CommandLine;
using System.Text.Json.Nodes;

namespace Federation.Cli.Stacks;

/// <summary>
/// The flags of <c>docker service create</c>, or the same of <c>update</c>, and the service of a Compose file that says the same: so each is mapped, warned of or refused by the rules for files.
/// </summary>
internal sealed class ServiceFlags
{
    private readonly List<(Option Option, Action<ParseResult, JsonObject> Put)> _flags = [];
    private readonly bool _update;
    private readonly Option<string[]> _mounts, _secrets, _configs, _networks;

    /// <param name="update">Whether of <c>update</c>: what is a list is added to, and what depends on what the service says already is left to the command.</param>
    public ServiceFlags(bool update = false)
    {
        _update = update;
        _mounts = Many("--mount", "A volume, folder or tmpfs: type=volume,source=data,target=/data", "MOUNT");
        _secrets = Many("--secret", "A secret: NAME, or source=NAME,target=FILE,mode=0400", "SECRET");
        _configs = Many("--config", "A config: NAME, or source=NAME,target=/PATH", "CONFIG");
        _networks = Many("--network", "A network: NAME, or name=NAME,alias=ALIAS", "NETWORK");
        if (update) Text("--args", "What its program is started with, in one word: \"sh -c 'sleep 9'\"", "ARGUMENTS", "command");
        else AddThoseOfCreateAlone();
        List("--label", ["-l"], "A label of the service", "NAME=VALUE", "deploy.labels");
        List("--container-label", [], "A label of its containers", "NAME=VALUE", "labels");
        List("--constraint", [], "Which machines: node.labels.disk==ssd", "TERM", "deploy.placement.constraints");
        List("--placement-pref", [], "spread=node.labels.rack", "PREFERENCE", "deploy.placement.preferences", Spread);
        Text("--replicas-max-per-node", "The most on one machine", "N", "deploy.placement.max_replicas_per_node");
        Text("--limit-pids", "The most processes", "N", "deploy.resources.limits.pids");
        Flag("--no-healthcheck", [], "Without the image's own check", "healthcheck.disable");
        Text("--restart-condition", "none, on-failure or any", "CONDITION", "deploy.restart_policy.condition");
        Text("--restart-delay", "The pause before a restart", "TIME", "deploy.restart_policy.delay");
        Text("--restart-max-attempts", "How often it is started again", "N", "deploy.restart_policy.max_attempts");
        Text("--restart-window", "The time in which attempts are counted", "TIME", "deploy.restart_policy.window");
        foreach (string kind in (string[])["update", "rollback"])
        {
            string of = kind == "update" ? "updates" : "going back";
            if (!update || kind == "rollback")
            {
                Text($"--{kind}-parallelism", $"For {of}: how many at once; 0 for all", "N", $"deploy.{kind}_config.parallelism");
                Text($"--{kind}-delay", $"For {of}: the pause between them", "TIME", $"deploy.{kind}_config.delay");
                Text($"--{kind}-order", $"For {of}: start-first or stop-first", "ORDER", $"deploy.{kind}_config.order");
                Text($"--{kind}-failure-action", $"For {of}: what to do when it fails", "ACTION", $"deploy.{kind}_config.failure_action");
            }
            Text($"--{kind}-monitor", $"For {of}: how long each is observed", "TIME", $"deploy.{kind}_config.monitor");
            Text($"--{kind}-max-failure-ratio", $"For {of}: the share that may fail", "RATIO", $"deploy.{kind}_config.max_failure_ratio");
        }
        Text("--stop-grace-period", "How long it may take to end", "TIME", "stop_grace_period");
        Text("--stop-signal", "What it is told to end by", "SIGNAL", "stop_signal");
        Text("--entrypoint", "In place of the image's entrypoint", "COMMAND", "entrypoint");
        Text("--user", "Whom it runs as", "USER", "user", "-u");
        Text("--workdir", "The folder it starts in", "PATH", "working_dir", "-w");
        Text("--hostname", "Its containers' host name", "NAME", "hostname");
        List("--group", [], "A further group", "GROUP", "group_add");
        List("--host", [], "A host of its own: NAME:ADDRESS", "HOST", "extra_hosts");
        List("--dns", [], "A name server", "ADDRESS", "dns");
        List("--dns-search", [], "A domain to search", "DOMAIN", "dns_search");
        List("--dns-option", [], "An option of the resolver", "OPTION", "dns_opt");
        List("--cap-add", [], "A Linux capability more", "CAPABILITY", "cap_add");
        List("--cap-drop", [], "A Linux capability less", "CAPABILITY", "cap_drop");
        List("--sysctl", [], "A setting of the kernel: NAME=VALUE", "SETTING", "sysctls");
        Pairs("--ulimit", "A limit: NAME=SOFT[:HARD]", "LIMIT", "ulimits", Limit);
        Flag("--read-only", [], "Its file system cannot be written", "read_only");
        Flag("--tty", ["-t"], "With a terminal", "tty");
        Flag("--init", [], "With an init process", "init");
        Text("--log-driver", "Where its output goes", "DRIVER", "logging.driver");
        Pairs("--log-opt", "An option of it: NAME=VALUE", "OPTION", "logging.options", static value => value);
        Text("--endpoint-mode", "vip or dnsrr", "MODE", "deploy.endpoint_mode");
    }

    private void AddThoseOfCreateAlone()
    {
        Text("--mode", "replicated, global or replicated-job", "MODE", "deploy.mode");
        Text("--replicas", "How many", "N", "deploy.replicas");
        List("--env", ["-e"], "A variable: NAME=VALUE, or NAME to take its value from here", "VARIABLE", "environment");
        List("--env-file", [], "A file of variables", "FILE", "env_file", static path => new JsonObject { ["path"] = Whole(path), ["format"] = "raw" });
        List("--publish", ["-p"], "A port: 8080:80, or published=8080,target=80,mode=host", "PORT", "ports", Port);
        Text("--limit-cpu", "The most processor time: 0.5", "CPUS", "deploy.resources.limits.cpus");
        Text("--limit-memory", "The most memory: 512m", "SIZE", "deploy.resources.limits.memory");
        Text("--reserve-cpu", "Reserved processor time", "CPUS", "deploy.resources.reservations.cpus");
        Text("--reserve-memory", "Reserved memory", "SIZE", "deploy.resources.reservations.memory");
        Text("--health-cmd", "The command that says whether it is well", "COMMAND", "healthcheck.test");
        Text("--health-interval", "How often it is asked", "TIME", "healthcheck.interval");
        Text("--health-timeout", "How long it may take", "TIME", "healthcheck.timeout");
        Text("--health-retries", "How often it may fail", "N", "healthcheck.retries");
        Text("--health-start-period", "How long it may take to start", "TIME", "healthcheck.start_period");
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [.. _flags.Select(static flag => flag.Option), _mounts, _secrets, _configs, _networks];

    /// <summary>Whether any of them is given.</summary>
    public bool AnyIn(ParseResult parse) => All.Any(option => parse.GetResult(option) is { Implicit: false });

    /// <summary>The file that says what the flags say.</summary>
    /// <param name="parse">The flags.</param>
    /// <param name="name">The service.</param>
    /// <param name="image">Its image.</param>
    /// <param name="words">What stands in place of the image's arguments.</param>
    public JsonObject File(ParseResult parse, string name, string image, string[] words)
    {
        var service = new JsonObject { ["image"] = image };
        if (words.Length > 0) service["command"] = Texts(words);
        foreach ((_, Action<ParseResult, JsonObject> put) in _flags) put(parse, service);
        var file = new JsonObject { ["services"] = new JsonObject { [name] = service } };
        foreach (string text in parse.GetValue(_mounts) ?? []) Mount(file, service, text);
        foreach (string text in parse.GetValue(_secrets) ?? []) Reference(file, service, "secrets", "--secret", text);
        foreach (string text in parse.GetValue(_configs) ?? []) Reference(file, service, "configs", "--config", text);
        foreach (string text in parse.GetValue(_networks) ?? []) Attach(file, service, text);
        return (JsonObject)Literal(file)!;
    }

    private Option<string[]> Many(string name, string description, string help, params string[] aliases) => new(_update && !name.StartsWith("--cap-", StringComparison.Ordinal) && name != "--log-opt" ? name + "-add" : name, _update ? [] : aliases) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = false };

    private void Text(string name, string description, string help, string key, params string[] aliases)
    {
        var option = new Option<string?>(name, aliases) { Description = description, HelpName = help };
        _flags.Add((option, (parse, service) => { if (parse.GetValue(option) is { } value) Set(service, key, value); }));
    }

    private void Flag(string name, string[] aliases, string description, string key)
    {
        var option = new Option<bool>(name, aliases) { Description = description };
        _flags.Add((option, (parse, service) => { if (parse.GetValue(option)) Set(service, key, true); }));
    }

    private void List(string name, string[] aliases, string description, string help, string key, Func<string, JsonNode>? item = null)
    {
        Option<string[]> option = Many(name, description, help, aliases);
        _flags.Add((option, (parse, service) =>
        {
            if (parse.GetValue(option) is { Length: > 0 } values) Set(service, key, new JsonArray([.. values.Select(value => item is null ? JsonValue.Create(value) : item(value))]));
        }
        ));
    }

    private void Pairs(string name, string description, string help, string key, Func<string, JsonNode> value)
    {
        Option<string[]> option = Many(name, description, help);
        _flags.Add((option, (parse, service) =>
        {
            foreach (string text in parse.GetValue(option) ?? [])
            {
                if (text.Split('=', 2) is not [{ Length: > 0 } word, var rest]) throw Wrong(name, text, "NAME=VALUE");
                Set(service, $"{key}.{word.Replace('.', '\0')}", value(rest));
            }
        }
        ));
    }

    private static void Set(JsonObject service, string path, JsonNode value)
    {
        string[] parts = path.Split('.');
        JsonObject at = service;
        foreach (string part in parts[..^1])
        {
            if (at[part] is not JsonObject inner) at[part] = inner = [];
            at = inner;
        }
        at[parts[^1].Replace('\0', '.')] = value;
    }

    private static JsonNode Limit(string text) => text.Split(':') is [var soft, var hard] ? new JsonObject { ["soft"] = soft, ["hard"] = hard } : text;

    private static JsonNode Spread(string text) => text.Split('=', 2) is ["spread", { Length: > 0 } by] ? new JsonObject { ["spread"] = by } : throw Wrong("--placement-pref", text, "spread=node.labels.NAME");

    private static JsonNode Port(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) return text;
        var port = new JsonObject();
        foreach ((string key, string value) in Fields("--publish", text))
        {
            string? member = key switch { "target" or "published" or "protocol" or "mode" => key, _ => null };
            port[member ?? throw Unknown("--publish", key, "target, published, protocol and mode")] = value;
        }
        return port;
    }

    private static void Mount(JsonObject file, JsonObject service, string text)
    {
        var mount = new JsonObject { ["type"] = "volume" };
        var volume = new JsonObject();
        foreach ((string key, string value) in Fields("--mount", text))
        {
            switch (key)
            {
                case "type": mount["type"] = value; break;
                case "source" or "src": mount["source"] = value; break;
                case "target" or "destination" or "dst": mount["target"] = value; break;
                case "readonly" or "ro": mount["read_only"] = value.Length == 0 ? "true" : value; break;
                case "bind-propagation": Set(mount, "bind.propagation", value); break;
                case "volume-nocopy": Set(mount, "volume.nocopy", value.Length == 0 ? "true" : value); break;
                case "volume-subpath": Set(mount, "volume.subpath", value); break;
                case "volume-driver": volume["driver"] = value; break;
                case "volume-label": Set(volume, $"labels.{value.Split('=')[0].Replace('.', '\0')}", value.Split('=', 2) is [_, var label] ? label : ""); break;
                case "volume-opt": Set(volume, $"driver_opts.{value.Split('=')[0].Replace('.', '\0')}", value.Split('=', 2) is [_, var set] ? set : ""); break;
                case "tmpfs-size": Set(mount, "tmpfs.size", value); break;
                case "tmpfs-mode": Set(mount, "tmpfs.mode", value.StartsWith('0') ? value : "0" + value); break;
                case "consistency": break;
                default: throw Unknown("--mount", key, "type, source, target, readonly, bind-propagation, volume-nocopy, volume-subpath, volume-driver, volume-opt, volume-label, tmpfs-size and tmpfs-mode");
            }
        }
        if (mount["type"]!.GetValue<string>() == "volume" && mount["source"]?.GetValue<string>() is { Length: > 0 } source) Set(file, $"volumes.{source.Replace('.', '\0')}", volume);
        Append(service, "volumes", mount);
    }

    private static void Reference(JsonObject file, JsonObject service, string section, string option, string text)
    {
        var reference = new JsonObject();
        if (!text.Contains('=', StringComparison.Ordinal)) reference["source"] = text;
        else
        {
            foreach ((string key, string value) in Fields(option, text))
            {
                string? member = key switch { "source" or "src" => "source", "target" or "uid" or "gid" or "mode" => key, _ => null };
                reference[member ?? throw Unknown(option, key, "source, target, uid, gid and mode")] = member == "mode" && !value.StartsWith('0') ? "0" + value : value;
            }
        }
        string source = reference["source"]?.GetValue<string>() ?? throw Wrong(option, text, "NAME, or source=NAME,target=FILE");
        Set(file, $"{section}.{source.Replace('.', '\0')}", new JsonObject { ["external"] = true });
        Append(service, section, reference);
    }

    private static void Attach(JsonObject file, JsonObject service, string text)
    {
        var attachment = new JsonObject();
        string? name = text;
        if (text.Contains('=', StringComparison.Ordinal))
        {
            name = null;
            foreach ((string key, string value) in Fields("--network", text))
            {
                if (key == "name") name = value;
                else if (key == "alias") Append(attachment, "aliases", value);
                else throw Unknown("--network", key, "name and alias");
            }
        }
        if (name is not { Length: > 0 }) throw Wrong("--network", text, "NAME, or name=NAME,alias=ALIAS");
        if (name is "host" or "none" or "bridge")
        {
            service["network_mode"] = name;
            return;
        }
        Set(file, $"networks.{name.Replace('.', '\0')}", new JsonObject());
        Set(service, $"networks.{name.Replace('.', '\0')}", attachment);
    }

    private static void Append(JsonObject parent, string key, JsonNode item)
    {
        if (parent[key] is not JsonArray list) parent[key] = list = [];
        list.Add(item);
    }

    // Fields that a comma parts; one that holds commas stands in quotes, as docker reads it.
    private static IEnumerable<(string Key, string Value)> Fields(string option, string text)
    {
        int at = 0;
        while (at <= text.Length)
        {
            bool quoted = at < text.Length && text[at] == '"';
            int end = quoted ? text.IndexOf('"', at + 1) : text.IndexOf(',', at);
            if (quoted && end < 0) throw Wrong(option, text, "a quote that is opened and closed");
            if (end < 0) end = text.Length;
            string field = text[(quoted ? at + 1 : at)..end];
            yield return field.Split('=', 2) is [var key, var value] ? (key.Trim(), value) : (field.Trim(), "");
            at = quoted ? text.IndexOf(',', end) is > 0 and var comma ? comma + 1 : text.Length + 1 : end + 1;
        }
    }

    private static string Whole(string path) => Path.GetFullPath(path);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode)JsonValue.Create(text))]);

    // A dollar sign of a command line has been the shell's already.
    private static JsonNode? Literal(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(static member => KeyValuePair.Create(member.Key, Literal(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Literal)]),
        JsonValue value when value.TryGetValue(out string? text) => JsonValue.Create(text.Replace("$", "$$", StringComparison.Ordinal)),
        _ => node?.DeepClone(),
    };

    private static CliException Wrong(string option, string text, string form) => new(ExitCode.Usage, $"{option} {text}: it is not {form}", "see: fedctl service create --help");

    private static CliException Unknown(string option, string key, string known) => new(ExitCode.Usage, $"{option}: '{key}' is not known", $"known are {known}");
}
