using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Domain.Quantities;
using Federation.Manifests.Compose.Keys;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;

namespace Federation.Manifests.Compose.Mapping;

/// <summary>Makes a Workload, and its Routes, of one service.</summary>
internal sealed partial class ServiceMapper(StackMapper stack, string name, View service)
{
    private const string Template = "spec.template";
    private const string Container = "spec.template.container";

    // Of x-federation: what is taken over as it stands, and where.
    private static readonly Dictionary<string, string> Taken = new(StringComparer.Ordinal)
    {
        ["process"] = $"{Template}.process",
        ["imagePullSecrets"] = $"{Template}.imagePullSecrets",
        ["healthCheck"] = $"{Template}.healthCheck",
        ["drainSeconds"] = $"{Template}.drainSeconds",
        ["singleton"] = "spec.singleton",
        ["failover"] = "spec.failover",
        ["disruption"] = "spec.disruption",
        ["placementPolicy"] = "spec.placementPolicy",
    };

    private static readonly string[] Extended = [.. Taken.Keys, "placement", "update", "resources", "routes", "ports", "clusters"];

    private readonly string _workload = ForeignNames.Of(name);
    private ResourceDraft _draft = null!;
    private bool _hasImage;
    private bool _hasProcess;

    private View Extension => service[ComposeKeys.Extension];

    public void Map()
    {
        if (!service.IsMapping)
        {
            service.Refuse("a service is a mapping", "write image: NAME below it");
            return;
        }
        _draft = stack.Begin("Workload", _workload, service.Place);
        if (_workload != name) service.Warn($"its workload is named {_workload}: others have to call it by that name", $"write {_workload} where an address names {name}");
        _hasProcess = Extension["process"].IsThere;
        MapImage();
        MapEnvironment();
        MapProgram();
        MapKernel();
        MapResources();
        MapFiles();
        MapVolumes();
        MapNetworks();
        MapHealth();
        MapRestart();
        MapDeploy();
        MapPorts();
        MapExtension();
    }

    private void MapImage()
    {
        View image = service["image"];
        _hasImage = image.Text is { Length: > 0 };
        if (_hasImage) _draft.Set($"{Template}.image", image.Text, image.Place);
        else if (!_hasProcess)
        {
            service.Refuse(service["build"].IsThere ? "it names no image, and images are not built here" : "it names no image", service["build"].IsThere ? "build it, push it, and write image: NAME" : $"write image: NAME, or {ComposeKeys.Extension}: {{ process: ... }}");
            // So that the rest is told in the same go.
            _draft.Set($"{Template}.image", "none", service.Place);
            _hasImage = true;
        }
    }

    // What says how an image is run needs one.
    private bool ForContainer(View from)
    {
        if (!from.IsThere) return false;
        if (!_hasImage) from.Warn("it says how an image is run, and the service has none: it changes nothing");
        return _hasImage;
    }

    private void Put(string field, JsonNode? value, View from)
    {
        if (value is not null && ForContainer(from)) _draft.Set($"{Container}.{field}", value, from.Place);
    }

    private void Put(string field, IReadOnlyList<string>? texts, View from)
    {
        if (texts is { Count: > 0 } && ForContainer(from)) _draft.Set($"{Container}.{field}", texts, from.Place);
    }

    private void PutAll(string field, View from, bool expands = false)
    {
        if (!from.IsThere || !ForContainer(from)) return;
        foreach ((string key, View value) in from.Members) _draft.Put($"{Container}.{field}", key, expands ? Literal(value.Text ?? "") : value.Text ?? "", value.Place);
    }

    // $(NAME) refers to a variable in the plane's form; what a Compose file says is meant as it stands.
    private static string Literal(string text) => text.Replace("$(", "$$(", StringComparison.Ordinal);

    // What a swarm alone fills in, told as every kind of cluster tells it to its replicas.
    private string Told(string text, View from)
    {
        foreach (Match own in SwarmsOwn().Matches(text))
        {
            string? becomes = own.Groups[1].Value switch
            {
                "Node.ID" => "the node's name, and not its id",
                "Task.Name" => "the replica's id, and not SERVICE.SLOT.ID",
                "Service.Name" => $"{_workload}, without the stack's name before it",
                _ => null,
            };
            if (becomes is not null) from.Warn($"{{{{.{own.Groups[1].Value}}}}} becomes {becomes}");
        }
        string told = SwarmsOwn().Replace(Literal(text), static own => own.Groups[1].Value switch { "Service.Name" => "$(FEDERATION_WORKLOAD)", ['T', ..] => "$(FEDERATION_REPLICA)", _ => "$(FEDERATION_NODE)" });
        if (Templates().IsMatch(told)) from.Warn("a template that a swarm fills in is not filled in here: the program gets it as it is written", "a replica is told of itself by FEDERATION_NODE, FEDERATION_REPLICA and FEDERATION_WORKLOAD");
        return told;
    }

    [GeneratedRegex(@"\{\{\s*\.(Node\.Hostname|Node\.ID|Task\.ID|Task\.Name|Service\.Name)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex SwarmsOwn();

    [GeneratedRegex(@"\{\{\s*\.(Node|Task|Service)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Templates();

    private void MapEnvironment()
    {
        foreach (View file in service["env_file"].Items)
        {
            bool mapping = file.IsMapping;
            View path = mapping ? file["path"] : file;
            if (path.Text is not { } text || !NamesAFile(path)) continue;
            if (mapping && file["format"].Text is not (null or "raw")) file["format"].Refuse("the format is raw, or left out");
            bool required = !mapping || file["required"].Flag != false;
            foreach ((string key, string? value) in stack.World.ReadVariables(path.Place.At, path.Place.Path, stack.World.Resolve(path.Place.At, text), stack.World.Variable, mapping && file["format"].Text == "raw", required))
            {
                if ((value ?? stack.World.Variable(key)) is { } set) _draft.Put($"{Template}.environment", key, Told(set, path), path.Place);
            }
        }
        foreach ((string key, View value) in service["environment"].Members)
        {
            if ((value.Text ?? stack.World.Variable(key)) is { } set) _draft.Put($"{Template}.environment", key, Told(set, value), value.Place);
            else if (_draft.Find($"{Template}.environment") is JsonObject before && before.ContainsKey(key)) { /* an env_file has it */ }
            else value.Warn("it has no value, and neither has the variable of that name: it is left out");
        }
        foreach (View file in service["label_file"].Items)
        {
            if (file.Text is not { } text || !NamesAFile(file) || !ForContainer(file)) continue;
            foreach ((string key, string? value) in stack.World.ReadVariables(file.Place.At, file.Place.Path, stack.World.Resolve(file.Place.At, text), stack.World.Variable, raw: false, required: true))
                _draft.Put($"{Container}.labels", key, value ?? "", file.Place);
        }
        PutAll("labels", service["labels"]);
        foreach ((string key, View value) in service["annotations"].Members) _draft.Put($"{Template}.annotations", key, value.Text ?? "", value.Place);
    }

    private static bool NamesAFile(View path)
    {
        if (path.Text is { Length: 0 }) path.Refuse("it names no file", "write its path, or leave it out");
        return path.Text is not { Length: 0 };
    }

    private void MapProgram()
    {
        IReadOnlyList<string>? entrypoint = service["entrypoint"].Command, command = service["command"].Command;
        // An entrypoint that is emptied leaves the command as the program.
        bool emptied = entrypoint is { Count: 0 } or [""];
        if (emptied && command is { Count: > 0 }) Put("command", [.. command.Select(Literal)], service["command"]);
        else
        {
            if (emptied) service["entrypoint"].Refuse("an empty entrypoint leaves nothing to run", "write command, too");
            Put("command", emptied ? null : entrypoint?.Select(Literal).ToList(), service["entrypoint"]);
            Put("arguments", command?.Select(Literal).ToList(), service["command"]);
        }
        Put("workingDirectory", service["working_dir"].SomeText, service["working_dir"]);
        Put("user", service["user"].SomeText, service["user"]);
        Put("groups", service["group_add"].Texts, service["group_add"]);
        Put("hostname", service["hostname"].SomeText, service["hostname"]);
        Put("domainName", service["domainname"].SomeText, service["domainname"]);
        Put("init", service["init"].Flag, service["init"]);
        Put("terminal", service["tty"].Flag, service["tty"]);
        Put("openInput", service["stdin_open"].Flag, service["stdin_open"]);
        if (service["stop_signal"].SomeText is { } signal)
        {
            string whole = char.IsAsciiLetter(signal.FirstOrDefault()) && !signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? "SIG" + signal : signal;
            Put("stopSignal", whole.ToUpperInvariant(), service["stop_signal"]);
        }
        if (UpTo(service["stop_grace_period"], Hour) is { } grace) _draft.Set($"{Template}.stopGraceSeconds", (long)Math.Ceiling(grace), service["stop_grace_period"].Place);
        Put("platform", service["platform"].SomeText, service["platform"]);
        Put("runtime", service["runtime"].SomeText, service["runtime"]);
        Put("isolation", service["isolation"].SomeText, service["isolation"]);
        View logging = service["logging"];
        Put("logging.driver", logging["driver"].SomeText, logging["driver"]);
        PutAll("logging.options", logging["options"]);
    }

    private static JsonNode? Number(long? number) => number is { } value ? JsonValue.Create(value) : null;

    private void MapKernel()
    {
        Put("readOnly", service["read_only"].Flag, service["read_only"]);
        Put("privileged", service["privileged"].Flag, service["privileged"]);
        Put("capAdd", Capabilities(service["cap_add"]), service["cap_add"]);
        Put("capDrop", Capabilities(service["cap_drop"]), service["cap_drop"]);
        Put("securityOptions", service["security_opt"].Texts, service["security_opt"]);
        PutAll("sysctls", service["sysctls"]);
        MapUlimits();
        if (service["shm_size"].Bytes is { } shared) Put("sharedMemory", new MemoryBytes(shared).ToString(), service["shm_size"]);
        foreach (View mount in service["tmpfs"].Items) MapTmpfs(mount);
        foreach (View device in service["devices"].Items) MapDevice(device);
        Put("deviceRules", service["device_cgroup_rules"].Texts, service["device_cgroup_rules"]);
        MapGpus();
        foreach ((string host, View addresses) in service["extra_hosts"].Members)
        {
            foreach (View address in addresses.Items)
            {
                if (address.Text is { } text && ForContainer(address)) _draft.Add($"{Container}.extraHosts", new() { ["host"] = host, ["address"] = text.Trim('[', ']') }, address.Place);
            }
        }
        Put("dns", service["dns"].Texts, service["dns"]);
        Put("dnsSearch", service["dns_search"].Texts, service["dns_search"]);
        Put("dnsOptions", service["dns_opt"].Texts, service["dns_opt"]);
        foreach ((string key, string space) in ((string, string)[])[("ipc", "ipc"), ("pid", "pid"), ("uts", "uts"), ("userns_mode", "user"), ("cgroup", "cgroup"), ("network_mode", "network")]) MapNamespace(service[key], space);
    }

    private static List<string> Capabilities(View list) => [.. list.Texts.Select(static text => text.ToUpperInvariant() is var upper && upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper[4..] : upper).Distinct()];

    private void MapNamespace(View value, string space)
    {
        if (value.Text is not { Length: > 0 } text) return;
        if (text.StartsWith("service:", StringComparison.Ordinal) || text.StartsWith("container:", StringComparison.Ordinal))
            value.Refuse("containers do not share name spaces with each other: they may lie on different machines", space == "network" ? "join a network that both have, and call the other by its name" : "leave it out, or write host");
        else if (space == "network" && service["networks"].IsThere) value.Refuse("network_mode and networks exclude each other", "keep one of them");
        // What an engine does by itself, or an image of its own.
        else if (!(text is "private" or "shareable" || (space == "network" && text is "bridge" or "default"))) Put($"namespaces.{space}", text, value);
        else if (space == "network") value.Warn("services of a stack are in a network of their own; nothing is lost by leaving it out");
    }

    private void MapUlimits()
    {
        foreach ((string limit, View value) in service["ulimits"].Members)
        {
            if (!ForContainer(value)) continue;
            long? soft = value.IsMapping ? value["soft"].Whole : value.Whole, hard = value.IsMapping ? value["hard"].Whole : soft;
            _draft.Add($"{Container}.ulimits", new() { ["name"] = limit, ["soft"] = soft ?? hard ?? 0, ["hard"] = hard ?? soft ?? 0 }, value.Place);
        }
    }

    private void MapTmpfs(View mount)
    {
        if (mount.Text is not { } text || !ForContainer(mount)) return;
        string[] parts = text.Split(':', 2);
        var item = new JsonObject { ["path"] = parts[0] };
        var options = new JsonArray();
        foreach (string option in parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            try
            {
                if (option.StartsWith("size=", StringComparison.Ordinal)) item["size"] = new MemoryBytes(Values.ComposeScalars.Bytes(option[5..])).ToString();
                else if (option.StartsWith("mode=", StringComparison.Ordinal)) item["mode"] = option[5..];
                else options.Add((JsonNode)option);
            }
            catch (FormatException e)
            {
                mount.Refuse(e.Message);
            }
        }
        if (options.Count > 0) item["options"] = options;
        _draft.Add($"{Container}.tmpfs", item, mount.Place);
    }

    private void MapDevice(View device)
    {
        if (!ForContainer(device)) return;
        string[] parts = device.IsMapping ? [device["source"].Text ?? "", device["target"].Text ?? "", device["permissions"].Text ?? ""] : (device.Text ?? "").Contains('=') ? [device.Text!, "", ""] : (device.Text ?? "").Split(':');
        if (parts[0].Length == 0 || parts.Length > 3)
        {
            device.Refuse("a device is SOURCE[:TARGET[:PERMISSIONS]]");
            return;
        }
        // SOURCE:rw is short for the same path inside.
        bool rights = parts is [_, var second] && second.Length is > 0 and <= 3 && second.All(static c => c is 'r' or 'w' or 'm');
        string target = rights ? "" : parts.ElementAtOrDefault(1) ?? "", permissions = rights ? parts[1] : parts.ElementAtOrDefault(2) ?? "";
        var item = new JsonObject { ["source"] = parts[0] };
        if (target.Length > 0) item["path"] = target;
        if (permissions.Length > 0) item["permissions"] = permissions;
        _draft.Add($"{Container}.devices", item, device.Place);
    }

    private void MapGpus()
    {
        View gpus = service["gpus"];
        if (gpus.Text is { } all)
        {
            if (all != "all") gpus.Refuse("gpus is all, or a list");
            else if (ForContainer(gpus)) _draft.Add($"{Container}.deviceRequests", new() { ["capabilities"] = new JsonArray("gpu"), ["count"] = -1 }, gpus.Place);
            return;
        }
        foreach (View request in gpus.Items) MapDeviceRequest(request, "gpu");
    }

    private void MapDeviceRequest(View request, string? usual)
    {
        if (!request.IsMapping || !ForContainer(request)) return;
        var item = new JsonObject();
        IReadOnlyList<string> capabilities = request["capabilities"].Texts is { Count: > 0 } asked ? asked : usual is null ? [] : [usual];
        if (capabilities.Count > 0) item["capabilities"] = Texts(capabilities);
        else request.Refuse("it says not what the devices must be able to do", "write capabilities: [gpu]");
        if (request["driver"].Text is { } driver) item["driver"] = driver;
        if (request["count"].Text is "all") item["count"] = -1;
        else if (request["count"].Whole is { } count) item["count"] = count;
        if (request["device_ids"].Texts is { Count: > 0 } ids) item["ids"] = Texts(ids);
        var options = new JsonObject();
        foreach ((string key, View value) in request["options"].Members) options[key] = value.Text ?? "";
        foreach (View pair in request["options"].IsList ? request["options"].Items : [])
            if (pair.Text?.Split('=', 2) is [var key, var value]) options[key] = value;
        if (options.Count > 0) item["options"] = options;
        if (!item.ContainsKey("count") && !item.ContainsKey("ids")) item["count"] = -1;
        _draft.Add($"{Container}.deviceRequests", item, request.Place);
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(static text => (JsonNode?)text)]);

    private void MapResources()
    {
        View limits = service["deploy"]["resources"]["limits"], reservations = service["deploy"]["resources"]["reservations"];
        View cpus = Either(limits["cpus"], service["cpus"]);
        long? cpuLimit = cpus.CpuMillis;
        View quota = service["cpu_quota"], period = service["cpu_period"];
        if (quota.Whole is > 0 and var micros)
        {
            if (cpus.IsThere) quota.Refuse("cpus and cpu_quota exclude each other", "keep one of them");
            // The engine's usual period is a tenth of a second.
            long length = period.Text is { } text && text.Any(char.IsAsciiLetter) ? (long)((period.Seconds ?? 0.1) * 1e6) : period.Whole ?? 100_000;
            if (length > 0) (cpuLimit, cpus) = ((long)Math.Ceiling(micros * 1000m / length), quota);
        }
        else if (period.IsThere) period.Warn("it says something only beside cpu_quota");
        if (cpuLimit > 0) _draft.Set($"{Template}.resources.cpuLimit", new CpuMillis(cpuLimit.Value).ToString(), cpus.Place);
        View memory = Either(limits["memory"], service["mem_limit"]);
        if (memory.Bytes is > 0 and var memoryLimit) _draft.Set($"{Template}.resources.memoryLimit", new MemoryBytes(memoryLimit).ToString(), memory.Place);
        if (reservations["cpus"].CpuMillis is > 0 and var cpu) _draft.Set($"{Template}.resources.cpu", new CpuMillis(cpu).ToString(), reservations["cpus"].Place);
        View reserved = Either(reservations["memory"], service["mem_reservation"]);
        if (reserved.Bytes is > 0 and var bytes) _draft.Set($"{Template}.resources.memory", new MemoryBytes(bytes).ToString(), reserved.Place);
        View pids = Either(limits["pids"], service["pids_limit"]);
        if (pids.Whole is { } processes) Put("pidsLimit", processes == 0 ? -1 : processes, pids);
        foreach (View request in reservations["devices"].Items) MapDeviceRequest(request, null);
        foreach (View generic in reservations["generic_resources"].Items)
        {
            View spec = generic["discrete_resource_spec"];
            if (!ForContainer(generic)) continue;
            if (spec["kind"].Text is { } kind && spec["value"].Whole is { } count) _draft.Add($"{Container}.genericResources", new() { ["kind"] = kind, ["count"] = count }, spec.Place);
            else generic.Refuse("a generic resource has a kind and a value", "write discrete_resource_spec: { kind: NAME, value: NUMBER }");
        }
        MapTuning();
    }

    private static View Either(View deployed, View plain)
    {
        if (deployed.IsThere && plain.IsThere && deployed.Text != plain.Text) plain.Refuse($"{deployed.Place.Path} says something else", "keep one of them");
        return deployed.IsThere ? deployed : plain;
    }

    private void MapTuning()
    {
        View swap = service["memswap_limit"];
        if (swap.Text is "-1") Put("tuning.memorySwap", -1, swap);
        else if (swap.Bytes is { } total) Put("tuning.memorySwap", total, swap);
        Put("tuning.swappiness", Number(service["mem_swappiness"].Whole), service["mem_swappiness"]);
        Put("tuning.cpuShares", Number(service["cpu_shares"].Whole), service["cpu_shares"]);
        Put("tuning.cpuSet", service["cpuset"].SomeText, service["cpuset"]);
        Put("tuning.cpuCount", Number(service["cpu_count"].Whole), service["cpu_count"]);
        if (service["cpu_percent"].Number is { } percent) Put("tuning.cpuPercent", percent, service["cpu_percent"]);
        Put("tuning.realtimePeriod", Number(Micros(service["cpu_rt_period"])), service["cpu_rt_period"]);
        Put("tuning.realtimeRuntime", Number(Micros(service["cpu_rt_runtime"])), service["cpu_rt_runtime"]);
        Put("tuning.noOutOfMemoryKill", service["oom_kill_disable"].Flag, service["oom_kill_disable"]);
        Put("tuning.outOfMemoryScore", Number(service["oom_score_adj"].Whole), service["oom_score_adj"]);
        Put("tuning.cgroupParent", service["cgroup_parent"].SomeText, service["cgroup_parent"]);
        PutAll("tuning.storageOptions", service["storage_opt"]);
        if (service["storage_opt"].Text is not null) service["storage_opt"].Refuse("it is a mapping of options to values", "write storage_opt: { size: 1G }");
        View disks = service["blkio_config"];
        Put("tuning.blockWeight", Number(disks["weight"].Whole), disks["weight"]);
        foreach ((string key, string kind) in ((string, string)[])[("weight_device", "weight"), ("device_read_bps", "readBytes"), ("device_write_bps", "writeBytes"), ("device_read_iops", "readOperations"), ("device_write_iops", "writeOperations")])
        {
            foreach (View limit in disks[key].Items)
            {
                View rate = limit[kind == "weight" ? "weight" : "rate"];
                if (ForContainer(limit) && limit["path"].Text is { } device && rate.Bytes is { } amount)
                    _draft.Add($"{Container}.tuning.blockLimits", new() { ["device"] = device, ["kind"] = kind, ["rate"] = amount }, limit.Place);
                else if (limit.IsThere && _hasImage) limit.Refuse("a limit of a disk has a path and a rate");
            }
        }
    }

    private static long? Micros(View value) => value.Text is { } text && text.Any(char.IsAsciiLetter) ? value.Seconds is { } seconds ? (long)(seconds * 1e6) : null : value.Whole;

    private void MapExtension()
    {
        View extension = Extension;
        if (extension.IsThere && !extension.IsMapping)
        {
            extension.Refuse("it is a mapping", $"known in it: {string.Join(", ", Extended)}");
            return;
        }
        foreach ((string key, View value) in extension.Members)
        {
            if (!Extended.Contains(key)) StackMapper.Unknown(value, key, Extended);
            else if (key == "imagePullSecrets" && value.Node is SequenceNode)
            {
                // A secret of the stack by the stack's own name for it; another by its own.
                _draft.Set(Taken[key], new JsonArray([.. value.Items.Select(secret => stack.Has("secrets", secret.Text) ? stack.NameOf("secrets", secret.Text!, secret) : TreeJson.Of(secret.Node!))]), value.Place);
            }
            else if (Taken.TryGetValue(key, out string? path) && value.IsThere) _draft.Set(path, TreeJson.Of(value.Node!), value.Place);
            else if (key == "resources") foreach ((string part, View amount) in value.Members) _draft.Set($"{Template}.resources.{part}", amount.IsThere ? TreeJson.Of(amount.Node!) : null, amount.Place);
            else if (key == "update") foreach ((string part, View rule) in value.Members) _draft.Set($"spec.update.{part}", rule.IsThere ? TreeJson.Of(rule.Node!) : null, rule.Place);
            else if (key == "clusters")
            {
                foreach ((string cluster, View pin) in value.Members)
                {
                    var item = new JsonObject { ["cluster"] = cluster };
                    foreach ((string part, View amount) in pin.Members) item[part] = amount.IsThere ? TreeJson.Of(amount.Node!) : null;
                    _draft.Add("spec.pins", item, pin.Place);
                }
            }
        }
        MapPlacement(extension);
    }

    private void MapPlacement(View extension)
    {
        View placement = extension["placement"];
        if (placement.IsThere) _draft.Set("spec.placement", TreeJson.Of(placement.Node!), placement.Place);
        else if (stack.Policy is { } policy && !extension["placementPolicy"].IsThere) _draft.Set("spec.placementPolicy", policy, stack.Root[ComposeKeys.Extension]["placement"].Place);
    }
}
