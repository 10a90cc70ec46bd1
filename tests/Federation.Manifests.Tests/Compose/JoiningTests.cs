using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose;

namespace Federation.Manifests.Tests.Compose;

/// <summary>What several Compose files come to, rule by rule, as the joined file says it.</summary>
public sealed class JoiningTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Top = "\nvolumes: { data: {}, other: {} }\nnetworks: { a: {}, b: {} }\nsecrets: { key: { external: true }, key2: { external: true } }\nconfigs: { site: { external: true }, site2: { external: true } }\n";

    private static ComposeOutcome Read(params string[] texts) => ComposeCase.Read(texts);

    private static JsonNode? Config(ComposeOutcome outcome, string path) => path.Split('.').Aggregate((JsonNode?)ComposeCase.Accepted(outcome).Config, static (node, part) => node?[part]);

    private static string Joined(string key, string earlier, string later) =>
        Config(Read($"services: {{ web: {{ image: a, {earlier} }} }}{Top}", $"services: {{ web: {{ {later} }} }}"), $"services.web.{key}")?.ToJsonString(Plain) ?? "nothing";

    [Theory]
    // Plain values are the later one's.
    [InlineData("image", "image: a", "image: b", "\"b\"", true)]
    [InlineData("stop_signal", "stop_signal: SIGINT", "stop_signal: SIGQUIT", "\"SIGQUIT\"")]
    [InlineData("deploy.replicas", "deploy: { replicas: 2 }", "deploy: { replicas: 5 }", "5")]
    // Nothing said is nothing changed.
    [InlineData("environment", "environment: { A: 1 }", "environment:", """{"A":1}""")]
    [InlineData("ports", "ports: [\"80:80\"]", "ports:", """["80:80"]""")]
    // Mappings are joined key by key, in whichever form they are written.
    [InlineData("environment", "environment: [A=1, B=2]", "environment: { B: 3, C: 4 }", """{"A":"1","B":3,"C":4}""")]
    [InlineData("environment", "environment: { A: 1 }", "environment: [A]", """{"A":null}""")]
    [InlineData("labels", "labels: { l: one, m: one }", "labels: [m=two]", """{"l":"one","m":"two"}""")]
    [InlineData("annotations", "annotations: [a=1]", "annotations: { a: two }", """{"a":"two"}""")]
    [InlineData("sysctls", "sysctls: [net.core.somaxconn=1]", "sysctls: { net.core.somaxconn: 2 }", """{"net.core.somaxconn":2}""")]
    [InlineData("extra_hosts", "extra_hosts: [\"db=10.0.0.1\"]", "extra_hosts: { db: 10.0.0.2, mail: 10.0.0.3 }", """{"db":"10.0.0.2","mail":"10.0.0.3"}""")]
    [InlineData("deploy.labels", "deploy: { labels: [a=1] }", "deploy: { labels: { a: 2 } }", """{"a":2}""")]
    [InlineData("deploy.resources.limits", "deploy: { resources: { limits: { cpus: '1', memory: 1g } } }", "deploy: { resources: { limits: { cpus: '2' } } }", """{"cpus":"2","memory":"1g"}""")]
    [InlineData("depends_on", "depends_on: [web2]", "depends_on: { web3: { condition: service_started } }", """{"web2":null,"web3":{"condition":"service_started"}}""", false)]
    [InlineData("networks", "networks: [a]", "networks: { a: { aliases: [x] }, b: }", """{"a":{"aliases":["x"]},"b":null}""")]
    [InlineData("networks", "networks: { a: { aliases: [x] } }", "networks: { a: { aliases: [x, y] } }", """{"a":{"aliases":["x","y"]}}""")]
    [InlineData("ulimits", "ulimits: { nofile: 1024, nproc: 10 }", "ulimits: { nofile: { soft: 1, hard: 2 } }", """{"nofile":{"soft":1,"hard":2},"nproc":10}""")]
    // Lists one behind the other, what is there already once.
    [InlineData("dns", "dns: [1.1.1.1]", "dns: [1.1.1.1, 8.8.8.8]", """["1.1.1.1","8.8.8.8"]""")]
    [InlineData("dns", "dns: 1.1.1.1", "dns: 8.8.8.8", """["1.1.1.1","8.8.8.8"]""")]
    [InlineData("dns_search", "dns_search: a.example", "dns_search: [b.example, a.example]", """["a.example","b.example"]""")]
    [InlineData("dns_opt", "dns_opt: [ndots:2]", "dns_opt: [ndots:2, rotate]", """["ndots:2","rotate"]""")]
    [InlineData("expose", "expose: [\"9000\"]", "expose: [9000, \"9001\"]", """[9000,"9001"]""")]
    [InlineData("cap_add", "cap_add: [NET_ADMIN]", "cap_add: [NET_ADMIN, SYS_TIME]", """["NET_ADMIN","SYS_TIME"]""")]
    [InlineData("security_opt", "security_opt: [\"no-new-privileges:true\"]", "security_opt: [\"no-new-privileges:true\"]", """["no-new-privileges:true"]""")]
    [InlineData("tmpfs", "tmpfs: /run", "tmpfs: [\"/run:size=1m\", /tmp]", """["/run:size=1m","/tmp"]""")]
    [InlineData("deploy.placement.constraints", "deploy: { placement: { constraints: [node.role==worker] } }", "deploy: { placement: { constraints: [node.role==worker, node.labels.ssd==true] } }", """["node.role==worker","node.labels.ssd==true"]""")]
    [InlineData("deploy.resources.reservations.devices", "deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } }", "deploy: { resources: { reservations: { devices: [{ capabilities: [tpu], count: 1 }] } } }", """[{"capabilities":["gpu"],"count":1},{"capabilities":["tpu"],"count":1}]""")]
    // Ports by all that they say of where they lead.
    [InlineData("ports", "ports: [\"80:80\"]", "ports: [\"80:80\", \"443:443\"]", """["80:80","443:443"]""")]
    [InlineData("ports", "ports: [\"0.0.0.0:80:80/tcp\"]", "ports: [{ target: 80, published: \"80\", mode: host }]", """[{"target":80,"published":"80","mode":"host"}]""")]
    [InlineData("ports", "ports: [\"8000-8002:8000-8002\"]", "ports: [\"9000:9000\"]", """["8000-8002:8000-8002","9000:9000"]""")]
    [InlineData("ports", "ports: [\"53:53/udp\"]", "ports: [\"53:53/tcp\"]", """["53:53/udp","53:53/tcp"]""")]
    // Mounts, devices and files by where they are seen.
    [InlineData("volumes", "volumes: [\"data:/data\", \"data:/more\"]", "volumes: [\"other:/data:ro\"]", """["other:/data:ro","data:/more"]""")]
    [InlineData("volumes", "volumes: [\"data:/data\"]", "volumes: [{ type: tmpfs, target: /data }]", """[{"type":"tmpfs","target":"/data"}]""")]
    [InlineData("volumes", "volumes: [\"data:/data\"]", "volumes: [\"other:/data/:ro\"]", """["other:/data/:ro"]""")]
    [InlineData("devices", "devices: [\"/dev/a:/dev/x\"]", "devices: [\"/dev/b:/dev/x:r\", /dev/c]", """["/dev/b:/dev/x:r","/dev/c"]""")]
    [InlineData("secrets", "secrets: [key]", "secrets: [{ source: key2, target: key }, key2]", """[{"source":"key2","target":"key"},"key2"]""")]
    [InlineData("secrets", "secrets: [key]", "secrets: [{ source: key, target: /run/secrets/key, mode: 0400 }]", """[{"source":"key","target":"/run/secrets/key","mode":"0400"}]""")]
    [InlineData("configs", "configs: [{ source: site, target: /etc/site }]", "configs: [{ source: site2, target: /etc/site }]", """[{"source":"site2","target":"/etc/site"}]""")]
    // Commands and checks stand in for each other.
    [InlineData("command", "command: [a, b]", "command: c d", "\"c d\"")]
    [InlineData("entrypoint", "entrypoint: /a.sh", "entrypoint: [/b.sh]", """["/b.sh"]""")]
    [InlineData("healthcheck", "healthcheck: { test: [CMD, one], interval: 5s }", "healthcheck: { test: two }", """{"test":"two","interval":"5s"}""")]
    [InlineData("x-federation", "x-federation: { process: { command: a, arguments: [--one] } }", "x-federation: { process: { arguments: [--two] } }", """{"process":{"command":"a","arguments":["--two"]}}""")]
    // Options are those of a driver.
    [InlineData("logging", "logging: { driver: json-file, options: { max-size: 1m } }", "logging: { options: { max-file: '3' } }", """{"driver":"json-file","options":{"max-size":"1m","max-file":"3"}}""")]
    [InlineData("logging", "logging: { driver: json-file, options: { max-size: 1m } }", "logging: { driver: syslog }", """{"driver":"syslog"}""")]
    // Taken away, or stood in place of.
    [InlineData("cap_add", "cap_add: [NET_ADMIN]", "cap_add: !reset []", "nothing")]
    [InlineData("ports", "ports: [\"80:80\"]", "ports: !override [\"81:81\"]", """["81:81"]""")]
    [InlineData("environment", "environment: { A: 1, B: 2 }", "environment: { A: !reset null }", """{"B":2}""")]
    [InlineData("environment", "environment: { A: 1, B: 2 }", "environment: !override { C: 3 }", """{"C":3}""")]
    [InlineData("healthcheck", "tty: true", "healthcheck: !reset { test: [CMD, x] }", "nothing")]
    [InlineData("init", "tty: true", "deploy: !reset null", "nothing")]
    public void Key_OfAService_IsJoinedByItsRule(string key, string earlier, string later, string expected, bool twice = false)
    {
        string rest = key == "depends_on" ? "web2: { image: a }, web3: { image: a }" : "";
        if (rest.Length == 0 && !twice) Assert.Equal(expected, Joined(key, earlier, later));
        else Assert.Equal(expected, Config(Read($"services: {{ web: {{ {(twice ? "" : "image: a, ")}{earlier} }}{(rest.Length > 0 ? ", " : "")}{rest} }}", $"services: {{ web: {{ {later} }} }}"), $"services.web.{key}")?.ToJsonString(Plain));
    }

    [Fact]
    public void Names_ThatAreKeysElsewhere_AreNamesAlone()
    {
        ComposeOutcome outcome = Read(
            "services: { command: { image: a, tty: true, networks: { ports: { aliases: [x] } } } }\nnetworks: { ports: { labels: { l: one } } }",
            "services: { command: { image: b, networks: { ports: { aliases: [y] } } } }\nnetworks: { ports: { labels: [m=two] } }");
        Assert.Equal("""{"image":"b","tty":true,"networks":{"ports":{"aliases":["x","y"]}}}""", Config(outcome, "services.command")!.ToJsonString());
        Assert.Equal("""{"l":"one","m":"two"}""", Config(outcome, "networks.ports.labels")!.ToJsonString());
    }

    [Fact]
    public void Definitions_AreJoinedByName_InTheOrderOfTheFirstFile()
    {
        ComposeStack stack = ComposeCase.Accepted(Read(
            "services: { web: { image: a }, db: { image: b, volumes: [\"data:/data\"] } }\nvolumes: { data: { driver: local, labels: [l=one] } }\nnetworks: { n: { ipam: { config: [{ subnet: 10.1.0.0/24, gateway: 10.1.0.1 }] } } }",
            "services: { cache: { image: c }, web: { image: a2 } }\nvolumes: { data: { driver_opts: { type: nfs } } }\nnetworks: { n: { ipam: { config: [{ subnet: 10.1.0.0/24, ip_range: 10.1.0.0/25 }, { subnet: 10.2.0.0/24 }] } } }"));
        Assert.Equal(["web", "db", "cache"], stack.Config["services"]!.AsObject().Select(static service => service.Key));
        Assert.Equal("""{"driver":"local","labels":{"l":"one"},"driver_opts":{"type":"nfs"}}""", stack.Config["volumes"]!["data"]!.ToJsonString());
        Assert.Equal("""[{"subnet":"10.1.0.0/24","gateway":"10.1.0.1","ip_range":"10.1.0.0/25"},{"subnet":"10.2.0.0/24"}]""", stack.Config["networks"]!["n"]!["ipam"]!["config"]!.ToJsonString());
    }

    [Fact]
    public void Definition_OrSection_IsTakenAwayOrStoodInPlaceOf()
    {
        Assert.Equal(["web"], ComposeCase.Accepted(Read("services: { web: { image: a }, debug: { image: b } }", "services: { debug: !reset null }")).Config["services"]!.AsObject().Select(static service => service.Key));
        Assert.Equal(["only"], ComposeCase.Accepted(Read("services: { web: { image: a }, debug: { image: b } }", "services: !override { only: { image: c } }")).Config["services"]!.AsObject().Select(static service => service.Key));
        Assert.Equal("""{"image":"b"}""", Config(Read("services: { web: { image: a, tty: true } }", "services: { web: !override { image: b } }"), "services.web")!.ToJsonString());
        Assert.Null(Config(Read("services: { web: { image: a } }\nvolumes: { data: {} }", "volumes: !reset null"), "volumes"));
    }

    [Fact]
    public void Extensions_AreJoinedLikeAnything()
    {
        ComposeOutcome outcome = Read("x-federation: { domain: a.example, placement: { priority: 5 } }\nservices: { web: { image: a, ports: [\"80\"] } }", "x-federation: { domain: b.example }");
        Assert.Equal("b.example", Config(outcome, "x-federation.domain")!.GetValue<string>());
        Assert.Equal("5", Config(outcome, "x-federation.placement.priority")!.ToJsonString());
    }

    [Fact]
    public void Name_OfTheLastFile_Wins() => Assert.Equal("two", ComposeCase.Accepted(ComposeCase.Read(["name: one\nservices: { web: { image: a } }", "name: two\nservices: {}"], name: null)).Name);

    [Fact]
    public void Variables_AreFilledInBeforeFilesAreJoined()
    {
        ComposeOutcome outcome = ComposeCase.Read(["services: { web: { image: \"a:$TAG\", environment: { A: \"$TAG\" } } }", "services: { web: { environment: { A: \"$$TAG\", B: \"${NONE:-b}\" } } }"], new Dictionary<string, string> { ["TAG"] = "2" });
        WorkloadTemplate web = ComposeCase.One<Workload>(outcome).Spec.Template;
        Assert.Equal(("a:2", "$TAG", "b"), (web.Image, web.Environment!["A"], web.Environment["B"]));
    }

    [Fact]
    public void Paths_OfLaterFiles_BeginInTheFolderOfTheFirst()
    {
        ComposeOutcome outcome = ComposeCase.Read(
            ["services: { web: { image: a, env_file: a.env } }", "services: { web: { env_file: [sub/b.env, { path: a.env, required: false }], volumes: [\"./html:/html\"], extends: { file: sub/x.yaml, service: base } } }\nsecrets: { s: { file: ./s.txt } }"],
            files: new Dictionary<string, string> { ["/stack/a.env"] = "A=1", ["/stack/sub/b.env"] = "B=2", ["/stack/s.txt"] = "hush", ["/stack/sub/x.yaml"] = "services: { base: { env_file: x.env } }", ["/stack/sub/x.env"] = "X=3" });
        WorkloadTemplate web = ComposeCase.One<Workload>(outcome).Spec.Template;
        Assert.Equal(["A=1", "X=3", "B=2"], web.Environment!.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal("/stack/html", web.Container!.Binds![0].Source);
    }

    [Fact]
    public void TakenAway_ByAServiceThatExtends_OrBesideAnInclude_IsTakenFromEarlierFiles()
    {
        Dictionary<string, string> files = new() { ["/stack/x.yaml"] = "services: { base: { image: x, cap_add: [SYS_TIME] } }", ["/stack/i.yaml"] = "services: { other: { image: o } }" };
        Assert.Equal("""{"image":"x","tty":true}""", Config(ComposeCase.Read(["services: { web: { image: a, tty: true, cap_add: [NET_ADMIN] } }", "services: { web: { extends: { file: x.yaml, service: base }, cap_add: !reset [] } }"], files: files), "services.web")!.ToJsonString());
        Assert.Equal("""{"image":"a"}""", Config(ComposeCase.Read(["services: { web: { image: a, tty: true } }", "include: [i.yaml]\nservices: { web: { tty: !reset null } }"], files: files), "services.web")!.ToJsonString());
        // What the parent takes away is its own.
        Assert.Equal("""{"image":"b","tty":true}""", Config(Read("services: { web: { image: a, tty: true } }", "services: { base: { image: b, tty: !reset null }, web: { extends: base } }"), "services.web")!.ToJsonString());
    }

    [Fact]
    public void Errors_NameTheFileThatTheValueStandsIn() =>
        Assert.Equal(
            ["0.yaml:4:10: services.web.tty: true or false is expected", "1.yaml:4:13: services.web.ports[1]: a port lies between 1 and 65535", "1.yaml:5:16: services.web.mem_limit: a size is a number with an optional unit of b, k, m or g, such as 512m or 1gb"],
            ComposeCase.Errors(Read("services:\n  web:\n    image: a\n    tty: maybe\n    ports: [\"80:80\"]\n    mem_limit: 1g\n", "services:\n  web:\n    ports:\n          - \"0\"\n    mem_limit: lots\n")));

    [Fact]
    public void Forms_ThatCannotBeJoined_AreRefusedWithBothPlaces()
    {
        Assert.Equal(["1.yaml:3:13: services.web.x-federation.routes: a mapping is not joined with a list, which stands in 0.yaml:3; write it in the same form, or !override before it to let it stand in place of that"],
            ComposeCase.Errors(Read("services:\n  web: { image: a, ports: [\"80\"], x-federation: {\n    routes: [{ host: a.example }] } }", "services:\n  web: { x-federation: {\n    routes: { host: b.example } } }")));
        Assert.Equal(["1.yaml:2:10: services.web.ports: expected a list, found a mapping"], ComposeCase.Errors(Read("services:\n  web: { image: a, ports: [\"80\"] }", "services:\n  web: { ports: { \"80\": 80 } }")));
        Assert.Equal(["1.yaml:2:18: services.web.ports[0]: !reset takes away a key, not an item of a list; write !override before the list, with all that is to stand in it"],
            ComposeCase.Errors(Read("services:\n  web: { image: a, ports: [\"80\"] }", "services:\n  web: { ports: [!reset \"80\"] }")));
    }

    [Fact]
    public void Extends_InACircleOverFiles_IsRefused()
    {
        Dictionary<string, string> files = new() { ["/stack/x.yaml"] = "services: { a: { extends: { file: y.yaml, service: b } } }", ["/stack/y.yaml"] = "services: { b: { extends: { file: x.yaml, service: a } } }" };
        Assert.Contains(ComposeCase.Errors(ComposeCase.Read(["services: { web: { image: a } }", "services: { web: { extends: { file: x.yaml, service: a } } }"], files: files)), static error => error.Contains("must not extend itself", StringComparison.Ordinal));
    }

    [Fact]
    public void ManyFiles_AreJoinedOrRefusedWithLittleWork()
    {
        string[] small = ["services: { web: { image: a } }", .. Enumerable.Range(0, 1000).Select(static i => $"services: {{ web: {{ environment: {{ V{i}: x }}, ports: [\"{i + 1}:{i + 1}\"], dns: [10.0.{i / 250}.{i % 250}] }} }}")];
        ComposeOutcome joined = AllocatingAtMost(1L << 30, () => Read(small));
        Assert.Equal(1000, ComposeCase.One<Workload>(joined).Spec.Template.Environment!.Count);
        string[] large = [.. Enumerable.Range(0, 100).Select(static i => "services: { web: { image: a, cap_add: [" + string.Join(',', Enumerable.Range(i * 4000, 4000)) + "] } }")];
        ComposeOutcome refused = AllocatingAtMost(2L << 30, () => Read(large));
        Assert.Equal(["a stack has at most 300000 values"], Assert.IsType<ComposeOutcome.Refused>(refused).Errors.Select(static error => error.Rule));
    }

    // A measure of work that is the same on every machine.
    private static ComposeOutcome AllocatingAtMost(long bytes, Func<ComposeOutcome> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ComposeOutcome outcome = read();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes);
        return outcome;
    }
}
