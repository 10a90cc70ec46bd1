using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Manifests.Compose;
using Federation.Manifests.Compose.Keys;

namespace Federation.Manifests.Tests.Compose;

/// <summary>Every leaf path of the published schema is mapped, read, warned of or refused, and the reader does what the table says.</summary>
public sealed class ComposeKeysTests
{
    private const string Page = "docs/reference/compose.md";

    // What a value of a key must look like to mean something.
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["interval"] = "2s",
        ["timeout"] = "2s",
        ["start_period"] = "2s",
        ["start_interval"] = "2s",
        ["delay"] = "2s",
        ["window"] = "2s",
        ["monitor"] = "2s",
        ["stop_grace_period"] = "22s",
        ["tty"] = "true",
        ["init"] = "true",
        ["privileged"] = "true",
        ["read_only"] = "true",
        ["stdin_open"] = "true",
        ["oom_kill_disable"] = "true",
        ["disable"] = "true",
        ["attachable"] = "true",
        ["internal"] = "true",
        ["enable_ipv4"] = "true",
        ["enable_ipv6"] = "true",
        ["create_host_path"] = "true",
        ["nocopy"] = "true",
        ["required"] = "true",
        ["retries"] = "5",
        ["replicas"] = "5",
        ["scale"] = "5",
        ["cpus"] = "0.5",
        ["cpu_quota"] = "50000",
        ["cpu_period"] = "50000",
        ["mem_limit"] = "64m",
        ["mem_reservation"] = "64m",
        ["memory"] = "64m",
        ["memswap_limit"] = "64m",
        ["mem_swappiness"] = "5",
        ["cpu_shares"] = "5",
        ["cpu_count"] = "5",
        ["cpu_percent"] = "5",
        ["cpu_rt_period"] = "5000",
        ["cpu_rt_runtime"] = "5000",
        ["oom_score_adj"] = "5",
        ["pids_limit"] = "5",
        ["pids"] = "5",
        ["shm_size"] = "64m",
        ["size"] = "64m",
        ["weight"] = "50",
        ["rate"] = "50",
        ["soft"] = "5",
        ["hard"] = "5",
        ["count"] = "5",
        ["max_attempts"] = "5",
        ["max_failure_ratio"] = "0.5",
        ["parallelism"] = "5",
        ["max_replicas_per_node"] = "5",
        ["priority"] = "5",
        ["gw_priority"] = "5",
        ["value"] = "5",
        ["condition"] = "none",
        ["order"] = "start-first",
        ["failure_action"] = "pause",
        ["mode"] = "0440",
        ["uid"] = "103",
        ["gid"] = "103",
        ["user"] = "103",
        ["endpoint_mode"] = "dnsrr",
        ["target"] = "/there",
        ["path"] = "/dev/sda",
        ["working_dir"] = "/there",
        ["stop_signal"] = "SIGINT",
        ["restart"] = "always",
        ["isolation"] = "process",
        ["selinux"] = "z",
        ["propagation"] = "rshared",
        ["recursive"] = "enabled",
        ["network_mode"] = "host",
        ["subnet"] = "10.5.0.0/16",
        ["userns_mode"] = "host",
        ["cgroup"] = "host",
        ["ipc"] = "host",
        ["pid"] = "host",
        ["uts"] = "host",
        ["host_ip"] = "127.0.0.1",
        ["published"] = "8080",
        ["protocol"] = "udp",
        ["app_protocol"] = "grpc",
        ["gpus"] = "all",
        ["container_name"] = "one",
        ["image"] = "other:2",
    };

    // Where a path means something only beside others, or a list's item has a form of its own.
    private static readonly Dictionary<string, string> Whole = new(StringComparer.Ordinal)
    {
        ["services.<name>.configs[].mode"] = """{"services":{"web":{"configs":[{"source":"n1","mode":"0440"}]}},"configs":{"n1":{"content":"a"}}}""",
        ["services.<name>.cpu_period"] = """{"services":{"web":{"cpu_quota":5000,"cpu_period":50000}}}""",
        ["services.<name>.deploy.mode"] = """{"services":{"web":{"deploy":{"mode":"global"}}}}""",
        ["services.<name>.deploy.resources.reservations.generic_resources[].discrete_resource_spec.kind"] = """{"services":{"web":{"deploy":{"resources":{"reservations":{"generic_resources":[{"discrete_resource_spec":{"kind":"gpu","value":2}}]}}}}}}""",
        ["services.<name>.deploy.resources.reservations.generic_resources[].discrete_resource_spec.value"] = """{"services":{"web":{"deploy":{"resources":{"reservations":{"generic_resources":[{"discrete_resource_spec":{"kind":"gpu","value":2}}]}}}}}}""",
        ["services.<name>.devices[]"] = """{"services":{"web":{"devices":["/dev/fuse:/dev/fuse:rw"]}}}""",
        ["services.<name>.devices[].target"] = """{"services":{"web":{"devices":[{"source":"/dev/fuse","target":"/dev/x"}]}}}""",
        ["services.<name>.devices[].permissions"] = """{"services":{"web":{"devices":[{"source":"/dev/fuse","permissions":"r"}]}}}""",
        ["services.<name>.env_file[].format"] = """{"services":{"web":{"env_file":[{"path":"quoted.env","format":"raw"}]}}}""",
        ["services.<name>.env_file[].required"] = """{"services":{"web":{"env_file":[{"path":"absent.env","required":false}]}}}""",
        ["services.<name>.expose[]"] = """{"services":{"web":{"expose":["8080"]}}}""",
        ["services.<name>.extends"] = """{"services":{"web":{"extends":"base"},"base":{"image":"b:1","tty":true}}}""",
        ["services.<name>.extends.service"] = """{"services":{"web":{"extends":{"service":"base"}},"base":{"image":"b:1","tty":true}}}""",
        ["services.<name>.extends.file"] = """{"services":{"web":{"extends":{"service":"web","file":"other.yaml"}}}}""",
        ["services.<name>.extra_hosts.<name>"] = """{"services":{"web":{"extra_hosts":{"n1":"10.0.0.1"}}}}""",
        ["services.<name>.extra_hosts.<name>[]"] = """{"services":{"web":{"extra_hosts":{"n1":["10.0.0.1"]}}}}""",
        ["services.<name>.extra_hosts[]"] = """{"services":{"web":{"extra_hosts":["n1=10.0.0.1"]}}}""",
        ["services.<name>.gpus.x-*"] = """{"services":{"web":{"gpus":{"x-mine":1}}}}""",
        ["services.<name>.healthcheck.test[]"] = """{"services":{"web":{"healthcheck":{"test":["CMD","true"]}}}}""",
        ["services.<name>.healthcheck.interval"] = """{"services":{"web":{"healthcheck":{"test":"true","interval":"9s"}}}}""",
        ["services.<name>.healthcheck.timeout"] = """{"services":{"web":{"healthcheck":{"test":"true","timeout":"9s"}}}}""",
        ["services.<name>.healthcheck.retries"] = """{"services":{"web":{"healthcheck":{"test":"true","retries":9}}}}""",
        ["services.<name>.healthcheck.start_period"] = """{"services":{"web":{"healthcheck":{"test":"true","start_period":"9s"}}}}""",
        ["services.<name>.mac_address"] = """{"services":{"web":{"mac_address":"02:42:ac:11:65:43","networks":["n1"]}},"networks":{"n1":{}}}""",
        ["services.<name>.network_mode"] = """{"services":{"web":{"network_mode":"host"}}}""",
        ["services.<name>.ports[]"] = """{"services":{"web":{"ports":["8080:80"]}}}""",
        ["services.<name>.ports[].target"] = """{"services":{"web":{"ports":[{"target":80,"published":8080}]}}}""",
        ["services.<name>.ports[].published"] = """{"services":{"web":{"ports":[{"target":80,"published":8080}]}}}""",
        ["services.<name>.ports[].protocol"] = """{"services":{"web":{"ports":[{"target":53,"protocol":"udp"}]}}}""",
        ["services.<name>.ports[].app_protocol"] = """{"services":{"web":{"ports":[{"target":9999,"app_protocol":"grpc"}]}}}""",
        ["services.<name>.ports[].mode"] = """{"services":{"web":{"ports":[{"target":80,"published":8080,"mode":"host"}]}}}""",
        ["services.<name>.ports[].host_ip"] = """{"services":{"web":{"ports":[{"target":80,"published":8080,"host_ip":"127.0.0.1"}]}}}""",
        ["services.<name>.ports[].name"] = """{"services":{"web":{"ports":[{"target":80,"name":"front"}]}}}""",
        ["services.<name>.ports[].x-*"] = """{"services":{"web":{"ports":[{"target":80,"x-mine":1}]}}}""",
        ["services.<name>.profiles[]"] = """{"services":{"web":{"tty":false},"more":{"image":"m:1","profiles":["debug"]}}}""",
        ["services.<name>.tmpfs"] = """{"services":{"web":{"tmpfs":"/run"}}}""",
        ["services.<name>.tmpfs[]"] = """{"services":{"web":{"tmpfs":["/run"]}}}""",
        ["services.<name>.ulimits.<name>"] = """{"services":{"web":{"ulimits":{"nofile":5}}}}""",
        ["services.<name>.ulimits.<name>.soft"] = """{"services":{"web":{"ulimits":{"nofile":{"soft":5,"hard":9}}}}}""",
        ["services.<name>.ulimits.<name>.hard"] = """{"services":{"web":{"ulimits":{"nofile":{"soft":5,"hard":9}}}}}""",
        ["services.<name>.ulimits.<name>.x-*"] = """{"services":{"web":{"ulimits":{"nofile":{"soft":5,"hard":9,"x-mine":1}}}}}""",
        ["services.<name>.user"] = """{"services":{"web":{"user":"1000:1000"}}}""",
        ["services.<name>.volumes[]"] = """{"services":{"web":{"volumes":["n1:/data"]}},"volumes":{"n1":{}}}""",
        ["services.<name>.volumes[].type"] = """{"services":{"web":{"volumes":[{"type":"tmpfs","target":"/data"}]}}}""",
        ["services.<name>.volumes[].source"] = """{"services":{"web":{"volumes":[{"type":"volume","source":"n1","target":"/data"}]}},"volumes":{"n1":{}}}""",
        ["services.<name>.volumes[].target"] = """{"services":{"web":{"volumes":[{"type":"volume","source":"n1","target":"/data"}]}},"volumes":{"n1":{}}}""",
        ["services.<name>.volumes[].read_only"] = """{"services":{"web":{"volumes":[{"type":"volume","source":"n1","target":"/data","read_only":true}]}},"volumes":{"n1":{}}}""",
        ["services.<name>.volumes[].x-*"] = """{"services":{"web":{"volumes":[{"type":"tmpfs","target":"/data","x-mine":1}]}}}""",
        ["services.<name>.volumes[].consistency"] = """{"services":{"web":{"volumes":[{"type":"tmpfs","target":"/data","consistency":"cached"}]}}}""",
        ["services.<name>.volumes[].image.subpath"] = """{"services":{"web":{"volumes":[{"type":"image","source":"x:1","target":"/data","image":{"subpath":"a"}}]}}}""",
        ["services.<name>.volumes[].image.x-*"] = """{"services":{"web":{"volumes":[{"type":"image","source":"x:1","target":"/data","image":{"x-a":"a"}}]}}}""",
        ["services.<name>.deploy.rollback_config.failure_action"] = """{"services":{"web":{"deploy":{"rollback_config":{"failure_action":"continue"}}}}}""",
        ["services.<name>.deploy.resources.reservations.devices[].capabilities[]"] = """{"services":{"web":{"deploy":{"resources":{"reservations":{"devices":[{"capabilities":["gpu"]}]}}}}}}""",
        ["services.<name>.stop_signal"] = """{"services":{"web":{"stop_signal":"INT"}}}""",
        ["configs.<name>.file"] = """{"services":{"web":{"configs":["n1"]}},"configs":{"n1":{"file":"f"}}}""",
        ["configs.<name>.environment"] = """{"services":{"web":{"configs":["n1"]}},"configs":{"n1":{"environment":"SET"}}}""",
        ["secrets.<name>.environment"] = """{"services":{"web":{"secrets":["n1"]}},"secrets":{"n1":{"environment":"SET"}}}""",
        ["secrets.<name>.external.name"] = """{"services":{"web":{"secrets":["n1"]}},"secrets":{"n1":{"external":{"name":"other"}}}}""",
        ["configs.<name>.external.name"] = """{"services":{"web":{"configs":["n1"]}},"configs":{"n1":{"external":{"name":"other"}}}}""",
        ["volumes.<name>.external.name"] = """{"services":{"web":{"volumes":["n1:/data"]}},"volumes":{"n1":{"external":{"name":"other"}}}}""",
        ["volumes.<name>.external.x-*"] = """{"services":{"web":{"volumes":["n1:/data"]}},"volumes":{"n1":{"external":{"name":"other","x-mine":1}}}}""",
        ["include[].env_file"] = """{"services":{"web":{"tty":false}},"include":[{"path":"more.yaml","env_file":"quoted.env"}]}""",
        ["include[].env_file[]"] = """{"services":{"web":{"tty":false}},"include":[{"path":"more.yaml","env_file":["quoted.env"]}]}""",
        ["include[].project_directory"] = """{"services":{"web":{"tty":false}},"include":[{"path":"more.yaml","project_directory":"."}]}""",
        ["include[].path"] = """{"services":{"web":{"tty":false}},"include":[{"path":"more.yaml"}]}""",
        ["include[].path[]"] = """{"services":{"web":{"tty":false}},"include":[{"path":["more.yaml"]}]}""",
        ["include[]"] = """{"services":{"web":{"tty":false}},"include":["more.yaml"]}""",
        ["services.<name>.devices[].x-*"] = """{"services":{"web":{"devices":[{"source":"/dev/fuse","x-mine":1}]}}}""",
        ["services.<name>.deploy.resources.reservations.generic_resources[].discrete_resource_spec.x-*"] = """{"services":{"web":{"deploy":{"resources":{"reservations":{"generic_resources":[{"discrete_resource_spec":{"kind":"gpu","value":2,"x-mine":1}}]}}}}}}""",
        ["services.<name>.deploy.resources.reservations.generic_resources[].x-*"] = """{"services":{"web":{"deploy":{"resources":{"reservations":{"generic_resources":[{"discrete_resource_spec":{"kind":"gpu","value":2},"x-mine":1}]}}}}}}""",
        ["networks.<name>.external.name"] = """{"services":{"web":{"networks":["n1"]}},"networks":{"n1":{"external":{"name":"other"}}}}""",
        ["services.<name>.storage_opt"] = """{"services":{"web":{"storage_opt":{"size":"1G"}}}}""",
        ["services.<name>.env_file[].path"] = """{"services":{"web":{"env_file":[{"path":"n1"}]}}}""",
        ["name"] = """{"name":"own","services":{"web":{"tty":false}}}""",
    };

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["/stack/n1"] = "A=1\n",
        ["/stack/f"] = "content",
        ["/stack/quoted.env"] = "A=\"1\"\n",
        ["/stack/other.yaml"] = "services: { web: { image: other:1, tty: true } }",
        ["/stack/more.yaml"] = "services: { more: { image: more:1 } }",
    };

    public static TheoryData<string> Paths() => [.. File.ReadAllLines(RepositoryFiles.Full("tests/Federation.Manifests.Tests/Compose/schema-paths.txt"))];

    [Fact]
    public void EveryPathOfTheSchema_IsInTheTable()
    {
        string[] paths = File.ReadAllLines(RepositoryFiles.Full("tests/Federation.Manifests.Tests/Compose/schema-paths.txt"));
        Assert.Equal(403, paths.Length);
        Assert.DoesNotContain(paths, static path => ComposeKeys.Find(path) is null);
    }

    [Fact]
    public void EveryKeyOfTheTable_IsInTheSchemaOrAFormThatItHasBesides()
    {
        string[] paths = File.ReadAllLines(RepositoryFiles.Full("tests/Federation.Manifests.Tests/Compose/schema-paths.txt"));
        // "external: true", and options of a storage driver: the schema lists them as free values.
        Assert.Equal(
            ["configs.<name>.external", "networks.<name>.external", "secrets.<name>.external", "services.<name>.storage_opt.<name>", "volumes.<name>.external"],
            ComposeKeys.All.Where(key => !paths.Any(path => path == key.Path || (key.WithAllBelow && path.StartsWith(key.Path, StringComparison.Ordinal)))).Select(static key => key.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Read_EveryPathOfTheSchema_DoesWhatTheTableSays(string path)
    {
        ComposeKey key = ComposeKeys.Find(path)!;
        JsonObject document = Document(path);
        ComposeOutcome outcome = Read(document);
        switch (key.Fate)
        {
            case KeyFate.Mapped:
                string with = ComposeCase.Text(ComposeCase.Accepted(outcome));
                Remove(document, path);
                Assert.NotEqual(with, Read(document) is ComposeOutcome.Accepted without ? ComposeCase.Text(without.Stack) : "refused");
                break;
            case KeyFate.Warned:
                Assert.Contains(outcome.Warnings, warning => IsOf(path, warning.Path) && warning.Rule == key.Detail && warning.Line > 0);
                break;
            case KeyFate.Refused:
                Assert.Contains(Assert.IsType<ComposeOutcome.Refused>(outcome).Errors, error => IsOf(path, error.Path) && key.Detail.StartsWith(error.Rule, StringComparison.Ordinal) && error.Line > 0);
                break;
            default:
                Assert.IsType<ComposeOutcome.Accepted>(outcome);
                Assert.DoesNotContain(outcome.Warnings, warning => path != "name" && IsOf(path, warning.Path) && !warning.Rule.StartsWith("it is reached", StringComparison.Ordinal) && !warning.Rule.StartsWith("it is the Volume", StringComparison.Ordinal));
                break;
        }
    }

    [Fact]
    public void ReferencePage_IsFresh()
    {
        string path = RepositoryFiles.Full(Page);
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1") File.WriteAllText(path, ComposeReference.Markdown());
        Assert.True(File.Exists(path) && File.ReadAllText(path) == ComposeReference.Markdown(), $"{Page} is stale; run: FEDERATION_GENERATE=1 dotnet run --project tests/Federation.Manifests.Tests");
    }

    [Theory]
    [InlineData("services.<name>.cap_drop[]", "with `usual-capabilities`", "with `usual-capabilities`", "with `usual-capabilities`")]
    [InlineData("services.<name>.cap_add[]", "with `usual-capabilities`, or with the right `linux-capabilities`", "with `usual-capabilities`, or with the right `linux-capabilities`", "with `usual-capabilities`, or with the right `linux-capabilities`")]
    [InlineData("services.<name>.security_opt[]", "with `no-new-privileges`, or with the right `confinement`", "with `no-new-privileges`", "with `no-new-privileges`")]
    [InlineData("services.<name>.privileged", "with the right `privileged`", "kept off", "with the right `privileged`")]
    [InlineData("services.<name>.volumes[]", "yes, or with the right `binds`", "yes, or with the right `binds`", "yes, or with the right `binds`")]
    [InlineData("services.<name>.logging.driver", "yes, or with the right `log-drivers`", "yes, or with the right `log-drivers`", "no effect")]
    [InlineData("services.<name>.pid", "kept off", "kept off", "with the right `namespaces`")]
    public void Table_SaysWhatIsARightOnTheMachine(string path, string engine, string swarm, string kubernetes)
    {
        ComposeKey key = ComposeKeys.All.Single(key => key.Path == path);
        Assert.Equal((engine, swarm, kubernetes), (ComposeKeys.In(key, ClusterForm.Engine), ComposeKeys.In(key, ClusterForm.Swarm), ComposeKeys.In(key, ClusterForm.Kubernetes)));
    }

    [Fact]
    public void EveryCapabilityOfTheTable_IsOneThatATemplateCanNeed()
    {
        string[] needs = [.. Domain.Workloads.ContainerNeeds.All.Select(static need => need.Capability), "swarm", "nothing"];
        Assert.Empty(ComposeKeys.All.SelectMany(static key => key.Capabilities).Distinct().Except(needs));
    }

    private static ComposeOutcome Read(JsonObject document) =>
        ComposeCase.Read(document.ToJsonString(), new Dictionary<string, string> { ["SET"] = "value" }, Files, name: document.ContainsKey("name") ? null : "shop");

    // services.web.volumes[0].image is of services.<name>.volumes[].image.subpath.
    private static bool IsOf(string schema, string actual)
    {
        string[] wanted = schema.Replace("[]", "", StringComparison.Ordinal).Split('.'), told = Regex.Replace(actual, @"\[\d+\]", "").Split('.');
        // A list of pairs or names is read as the mapping that it stands for.
        if (schema.EndsWith("[]", StringComparison.Ordinal) && told.Length == wanted.Length + 1) told = told[..^1];
        return actual.Length > 0 && told.Length <= wanted.Length && told.Zip(wanted).All(static pair => pair.First == pair.Second || pair.Second is "<name>" or "x-*");
    }

    private static JsonObject Document(string path)
    {
        var document = JsonNode.Parse("""{"services":{"web":{"image":"web:1"}}}""")!.AsObject();
        if (Whole.TryGetValue(path, out string? whole)) Merge(document, JsonNode.Parse(whole)!.AsObject());
        else
        {
            string[] parts = [.. path.Split('.')];
            Merge(document, (JsonObject)Build(parts, 0, path));
            switch (parts[0])
            {
                case "networks": Merge(document, JsonNode.Parse("""{"services":{"web":{"networks":["n1"]}}}""")!.AsObject()); break;
                case "volumes": Merge(document, JsonNode.Parse("""{"services":{"web":{"volumes":["n1:/data"]}}}""")!.AsObject()); break;
                case "configs" or "secrets":
                    Merge(document, new JsonObject { ["services"] = new JsonObject { ["web"] = new JsonObject { [parts[0]] = new JsonArray("n1") } } });
                    JsonObject definition = document[parts[0]]!["n1"]!.AsObject();
                    if (!path.Contains(".external", StringComparison.Ordinal) && !definition.ContainsKey("file") && !definition.ContainsKey("content") && !definition.ContainsKey("environment")) definition["file"] = "f";
                    break;
            }
        }
        // What a service names must be there.
        JsonNode web = document["services"]!["web"]!;
        foreach (string section in (string[])["configs", "secrets"])
        {
            if (web[section] is not JsonArray { Count: > 0 } references || document.ContainsKey(section)) continue;
            if (references[0] is JsonObject long1 && !long1.ContainsKey("source")) long1["source"] = "n1";
            document[section] = JsonNode.Parse("""{"n1":{"file":"f"}}""");
        }
        if (web["networks"] is not null && !document.ContainsKey("networks")) document["networks"] = JsonNode.Parse("""{"n1":{}}""");
        if (web["volumes"] is JsonArray and [JsonObject mount] && !Whole.ContainsKey(path))
        {
            string type = path.Contains(".bind.", StringComparison.Ordinal) ? "bind" : path.Contains(".tmpfs.", StringComparison.Ordinal) ? "tmpfs" : "volume";
            mount["type"] = type;
            mount["target"] = "/data";
            if (type != "tmpfs") mount["source"] = type == "bind" ? "/srv" : "n1";
            document["volumes"] = JsonNode.Parse("""{"n1":{}}""");
        }
        if (path.Contains("devices[].", StringComparison.Ordinal) && path.Contains("reservations", StringComparison.Ordinal) && web["deploy"]!["resources"]!["reservations"]!["devices"]![0] is JsonObject request) request["capabilities"] ??= new JsonArray("gpu");
        if (path.Contains("ipam.config[]", StringComparison.Ordinal)) document["networks"]!["n1"]!["ipam"]!["config"]![0]!["subnet"] ??= "10.5.0.0/16";
        foreach (string disk in (string[])["device_read_bps", "device_write_bps", "device_read_iops", "device_write_iops", "weight_device"])
        {
            if (web["blkio_config"]?[disk]?[0] is not JsonObject limit) continue;
            limit["path"] ??= "/dev/sda";
            limit[disk == "weight_device" ? "weight" : "rate"] ??= 50;
        }
        return document;
    }

    private static JsonNode Build(string[] parts, int index, string path)
    {
        if (index == parts.Length) return Leaf(path);
        string part = parts[index];
        int lists = part.EndsWith("[]", StringComparison.Ordinal) ? 1 : 0;
        string name = lists > 0 ? part[..^2] : part;
        JsonNode inner = Build(parts, index + 1, path);
        string key = name switch { "<name>" => index == 1 && parts[0] == "services" ? "web" : "n1", "x-*" => "x-mine", _ => name };
        return new JsonObject { [key] = lists > 0 ? new JsonArray(inner) : inner };
    }

    private static JsonNode Leaf(string path)
    {
        string[] parts = path.Split('.');
        string last = parts[^1].Replace("[]", "", StringComparison.Ordinal);
        if (path.EndsWith("[]", StringComparison.Ordinal) && last is "environment" or "labels" or "annotations" or "sysctls" or "args" or "options" or "extra_hosts") return "k=v";
        return Values.TryGetValue(last, out string? value) && !path.EndsWith("[]", StringComparison.Ordinal) ? value : "n1";
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach ((string key, JsonNode? value) in from.ToArray())
        {
            from.Remove(key);
            if (into[key] is JsonObject a && value is JsonObject b) Merge(a, b);
            else into[key] = value;
        }
    }

    private static void Remove(JsonObject document, string path)
    {
        JsonNode? at = document;
        string[] parts = path.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            bool list = parts[i].EndsWith("[]", StringComparison.Ordinal);
            string name = (list ? parts[i][..^2] : parts[i]) switch { "<name>" => at is JsonObject { Count: > 0 } map ? map.Select(static entry => entry.Key).Last() : "n1", "x-*" => "x-mine", var plain => plain };
            if (i == 1 && parts[0] == "services") name = "web";
            if (i == parts.Length - 1) at?.AsObject().Remove(name);
            else at = list ? at?[name]?[0] : at?[name];
        }
        Assert.NotNull(at);
    }
}
