using System.Text.Json.Nodes;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose;

namespace Federation.Manifests.Tests.Compose;

public sealed class ComposeReaderTests
{
    private static Dictionary<string, string> Map(params (string, string)[] pairs) => pairs.ToDictionary(static pair => pair.Item1, static pair => pair.Item2);

    private static string? Filled(string text, params (string, string)[] variables) => ComposeCase.One<Workload>(ComposeCase.Read($"services: {{ web: {{ image: web, labels: {{ a: \"{text}\" }} }} }}", Map(variables)), "web").Spec.Template.Container?.Labels?["a"];

    [Theory]
    [InlineData("web:$TAG", "web:2")]
    [InlineData("web:${TAG}", "web:2")]
    [InlineData("web:${NONE:-1}", "web:1")]
    [InlineData("web:${EMPTY:-1}", "web:1")]
    [InlineData("web:x${EMPTY-1}", "web:x")]
    [InlineData("web:${NONE-1}", "web:1")]
    [InlineData("web:1${TAG:+-slim}", "web:1-slim")]
    [InlineData("web:1${EMPTY:+-slim}", "web:1")]
    [InlineData("web:1${EMPTY+-slim}", "web:1-slim")]
    [InlineData("web:1${NONE+-slim}", "web:1")]
    [InlineData("${NONE:-${REGISTRY:-local}/web}:${TAG:?no tag}", "local/web:2")]
    [InlineData("web:${TAG?}", "web:2")]
    [InlineData("web:$$TAG", "web:$TAG")]
    [InlineData("web:${NONE:-a}b}", "web:ab}")]
    public void Interpolation_EveryForm_IsFilledIn(string text, string expected) => Assert.Equal(expected, Filled(text, ("TAG", "2"), ("EMPTY", "")));

    [Theory]
    [InlineData("web:${NONE:?tell me the tag}", "the variable NONE is required: tell me the tag")]
    [InlineData("web:${EMPTY:?}", "the variable EMPTY is required")]
    [InlineData("web:$1", "a dollar sign that begins no variable is written $$")]
    [InlineData("web:${TAG", "${ is not closed by }")]
    [InlineData("web:${TAG!x}", "behind ${TAG stands }, or one of :- - :? ? :+ + and a text")]
    [InlineData("web:${-a}", "${ is followed by a variable's name: letters, digits and '_', not beginning with a digit")]
    public void Interpolation_ThatBreaksARule_IsRefusedWithItsPlace(string text, string rule) =>
        Assert.Equal([$"compose.yaml:3:12: services.web.image: {rule}"], ComposeCase.Errors(ComposeCase.Read($"services:\n  web:\n    image: \"{text}\"", Map(("TAG", "2"), ("EMPTY", "")))));

    [Fact]
    public void Interpolation_OfVariablesThatMakeEachOtherGrow_IsBounded()
    {
        string text = string.Join('\n', Enumerable.Range(0, 40).Select(static i => i == 0 ? "V0=aaaaaaaaaa" : $"V{i}=${{V{i - 1}}}${{V{i - 1}}}${{V{i - 1}}}"));
        Assert.Contains(ComposeCase.Errors(ComposeCase.Read("services: { web: { image: \"web:${V39}\" } }", files: Map(("/stack/.env", text)))), static error => error.Contains("variables make at most", StringComparison.Ordinal));
    }

    [Fact]
    public void Variable_ThatIsNotSet_IsWarnedOf() =>
        Assert.Contains(ComposeCase.Read("services: { web: { image: \"web:1$NONE\" } }").Warnings, static warning => warning.ToString() == "compose.yaml:1:27: services.web.image: the variable NONE is not set; nothing stands in its place; set it, or write ${NONE:-...}");

    [Fact]
    public void EnvironmentFiles_EveryForm_IsRead()
    {
        JsonObject web = ComposeCase.Written(ComposeCase.Read(
            "services:\n  web:\n    image: web:1\n    env_file: [a.env, { path: raw.env, format: raw }, { path: absent.env, required: false }]\n    environment:\n      OVER: written\n      FROM_OUTSIDE:\n      NUMBER: 08\n      FLAG: true\n",
            Map(("FROM_OUTSIDE", "outside"), ("ALONE", "also")),
            Map(("/stack/a.env", "# remark\nexport A=1\nB='single $A'\nC=\"double ${A} \\\"x\\\"\\nnext\"\nD=bare value # remark\nE=x#y\nOVER=file\nF=$A-${NONE:-d}\nALONE\nMULTI=\"one\ntwo\"\nEMPTY=\n"), ("/stack/raw.env", "R=\"$A\"\n"))), "Workload", "web");
        Assert.Equal(
            """{"A":"1","B":"single $A","C":"double 1 \"x\"\nnext","D":"bare value","E":"x#y","OVER":"written","F":"1-d","ALONE":"also","MULTI":"one\ntwo","EMPTY":"","R":"\"$A\"","FROM_OUTSIDE":"outside","NUMBER":"08","FLAG":"true"}""",
            web["spec"]!["template"]!["environment"]!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void EnvironmentFile_ThatIsWrong_IsToldWithItsLine() =>
        Assert.Equal(["/stack/a.env:2:1: a line is NAME=VALUE, or NAME alone", "/stack/a.env:3:1: a quoted value is not closed"],
            ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a, env_file: a.env } }", files: Map(("/stack/a.env", "A=1\nnot a line\nB=\"open\n")))));

    [Fact]
    public void Dollars_ThatAreDoubled_StandForThemselvesInTheWorkload()
    {
        WorkloadTemplate template = ComposeCase.One<Workload>(ComposeCase.Read("services: { web: { image: a, command: [sh, -c, \"echo $$HOME $$(hostname)\"], environment: { P: \"$$(x)\" } } }"), "web").Spec.Template;
        // In the plane's own form $(NAME) is a variable: doubled, it is the text.
        Assert.Equal("echo $HOME $$(hostname)", template.Container!.Arguments![2]);
        Assert.Equal("$$(x)", template.Environment!["P"]);
    }

    [Fact]
    public void Files_Several_AreJoinedByTheRulesOfTheSpecification()
    {
        JsonNode spec = ComposeCase.Written(ComposeCase.Read(
            [
                "services:\n  web:\n    image: web:1\n    command: [a, b]\n    ports: [\"80:80\"]\n    dns: 1.1.1.1\n    environment: [A=1, B=2]\n    volumes: [\"data:/data\", \"./x:/x\"]\n    labels: { l: one }\n    cap_add: [NET_ADMIN]\n    healthcheck: { test: [CMD, one], interval: 5s }\n    logging: { driver: json-file, options: { max-size: 1m } }\n    expose: [\"9000\"]\nvolumes: { data: {}, other: {} }\n",
                "services:\n  web:\n    image: web:2\n    command: [c]\n    ports: [\"443:443\"]\n    dns: [8.8.8.8]\n    environment: { B: 3, C: 4, dns: one }\n    volumes: [\"other:/data\"]\n    labels: [m=two]\n    cap_add: !reset []\n    healthcheck: { test: [CMD, two] }\n    logging: { driver: syslog }\n    expose: !override [\"9001\"]\n",
            ]), "Workload", "web")["spec"]!["template"]!;
        Assert.Equal("web:2", spec["image"]!.GetValue<string>());
        JsonNode container = spec["container"]!;
        Assert.Equal("""["c"]""", container["arguments"]!.ToJsonString());
        Assert.Equal("""["1.1.1.1","8.8.8.8"]""", container["dns"]!.ToJsonString());
        Assert.Equal("""{"A":"1","B":"3","C":"4","dns":"one"}""", spec["environment"]!.ToJsonString());
        Assert.Equal("""{"l":"one","m":"two"}""", container["labels"]!.ToJsonString());
        Assert.Equal("shop-other", spec["volumes"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("/stack/x", container["binds"]![0]!["source"]!.GetValue<string>());
        Assert.Null(container["capAdd"]);
        Assert.Equal("""{"driver":"syslog"}""", container["logging"]!.ToJsonString());
        Assert.Equal("""{"exec":{"command":["two"]},"intervalSeconds":5,"timeoutSeconds":30,"failureThreshold":3,"startSeconds":60}""", spec["healthCheck"]!.ToJsonString());
        Assert.Equal(["80", "443", "9001"], spec["ports"]!.AsArray().Select(static port => port!["containerPort"]!.ToString()));
    }

    [Fact]
    public void Extends_OfTheSameAndOfAnotherFile_TakesAllAndResolvesPathsThere()
    {
        WorkloadTemplate template = ComposeCase.One<Workload>(ComposeCase.Read(
            "services:\n  web:\n    extends: { file: common/base.yaml, service: app }\n    environment: { B: own }\n",
            files: Map(("/stack/common/base.yaml", "services:\n  root: { image: root:1, tty: true }\n  app:\n    extends: root\n    image: app:1\n    env_file: ./app.env\n    environment: { A: base, B: base }\n"), ("/stack/common/app.env", "FROM=file\n"))), "web").Spec.Template;
        Assert.Equal(("app:1", true), (template.Image, template.Container!.Terminal));
        Assert.Equal(["FROM=file", "A=base", "B=own"], template.Environment!.Select(static pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void Extends_InACircleOrOfNothing_IsRefused() =>
        Assert.Equal(
            ["compose.yaml:3:27: services.b.extends: a service must not extend itself, neither by another", "compose.yaml:4:27: services.c.extends: there is no service bb; did you mean b?"],
            ComposeCase.Errors(ComposeCase.Read("services:\n  a: { image: a, extends: b }\n  b: { image: b, extends: a }\n  c: { image: c, extends: bb }\n")).Where(static error => !error.StartsWith("compose.yaml:2", StringComparison.Ordinal)));

    [Fact]
    public void Include_TakesServicesOfOtherFilesAndRefusesThatTheyAreChanged()
    {
        Dictionary<string, string> files = Map(("/stack/db/compose.yaml", "services: { db: { image: \"postgres:${PG}\", env_file: db.env } }\nvolumes: { data: {} }"), ("/stack/db/.env", "PG=16\n"), ("/stack/db/db.env", "X=1\n"));
        ComposeStack stack = ComposeCase.Accepted(ComposeCase.Read("include: [db/compose.yaml]\nservices: { web: { image: a } }", files: files));
        Assert.Equal(["shop-data", "db", "web"], stack.Resources.Select(static declared => declared.Resource.Metadata.Name));
        Assert.Equal("postgres:16", stack.Resources.Select(static declared => declared.Resource).OfType<Workload>().First().Spec.Template.Image);
        Assert.Equal(["compose.yaml:2:13: services.db: it is declared otherwise in /stack/db/compose.yaml:1; give one of them another name, or use extends"],
            ComposeCase.Errors(ComposeCase.Read("include: [db/compose.yaml]\nservices: { db: { image: other } }", files: files)));
    }

    [Fact]
    public void Include_OfItself_IsRefused() =>
        Assert.Contains(ComposeCase.Errors(ComposeCase.Read("include: [a.yaml]", files: Map(("/stack/a.yaml", "include: [a.yaml]\nservices: { web: { image: a } }")))), static error => error.Contains("includes itself", StringComparison.Ordinal));

    [Fact]
    public void Profiles_ThatAreNotAskedFor_LeaveServicesOut()
    {
        const string text = "services: { web: { image: a }, debug: { image: b, profiles: [debug, all], privileged: true } }";
        Assert.Equal(["web"], ComposeCase.Accepted(ComposeCase.Read(text)).Resources.Select(static declared => declared.Resource.Metadata.Name));
        Assert.Equal(["web", "debug"], ComposeCase.Accepted(ComposeCase.Read(text, profiles: ["debug"])).Resources.Select(static declared => declared.Resource.Metadata.Name));
        Assert.Equal(2, ComposeCase.Accepted(ComposeCase.Read(text, Map(("COMPOSE_PROFILES", "x,all")))).Resources.Count);
    }

    [Fact]
    public void Anchors_AndMergeKeys_AreTakenInAndExtensionsLeftAlone() =>
        Assert.Equal("""{"B":"2","A":"1"}""", ComposeCase.Written(ComposeCase.Read(
            "x-common: &common\n  image: web:1\n  restart: always\nx-env: &env { A: 1 }\nservices:\n  web:\n    <<: *common\n    environment: { <<: *env, B: 2 }\n"), "Workload", "web")["spec"]!["template"]!["environment"]!.ToJsonString());

    [Fact]
    public void Ports_EveryForm_IsRead()
    {
        ComposeOutcome outcome = ComposeCase.Read("services:\n  web:\n    image: a\n    ports:\n      - \"80\"\n      - 8081:81\n      - 127.0.0.1:8082:82/tcp\n      - \"[::1]:8083:83\"\n      - 3000-3001:4000-4001\n      - 53:53/udp\n      - { target: 9000, published: \"9100\", mode: host, protocol: tcp, name: admin }\n      - { target: 50051, app_protocol: grpc }\n      - 5432:5432\n");
        Assert.Equal(
            ["http 80 - http", "port-81 81 8081 http", "port-82 82 8082 http 127.0.0.1", "port-83 83 8083 http ::1", "port-4000 4000 3000 http", "port-4001 4001 3001 http", "port-53-udp 53 53 udp", "admin 9000 9100 http host", "port-50051 50051 - http2", "port-5432 5432 5432 tcp"],
            ComposeCase.One<Workload>(outcome, "web").Spec.Template.Ports!.Select(static port =>
                $"{port.Name} {port.ContainerPort} {port.PublishedPort?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {port.Protocol.ToString().ToLowerInvariant()}{(port.PublishedAddress is { } address ? $" {address}" : "")}{(port.Publish == PublishMode.Host ? " host" : "")}"));
        Assert.Equal(["web.shop.localhost", "web-81.shop.localhost", "web-82.shop.localhost", "web-83.shop.localhost", "web-4000.shop.localhost", "web-4001.shop.localhost", "web-50051.shop.localhost"],
            ComposeCase.Accepted(outcome).Resources.Select(static declared => declared.Resource).OfType<Route>().Select(static route => route.Spec.Host));
        Assert.Contains(outcome.Warnings, static warning => warning.Path == "services.web.ports[8]" && warning.Rule.StartsWith("the ingress carries HTTP alone: port 5432", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("80:eighty", "a port is [[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL], such as 8080:80, with ranges such as 8000-8009:9000-9009")]
    [InlineData("1.2.3.999:80:80", "a port's address is an IP address")]
    [InlineData("80-82:90-91", "the two ranges of a port have the same length")]
    [InlineData("0", "a port lies between 1 and 65535")]
    [InlineData("99999", "a port lies between 1 and 65535")]
    [InlineData("80/xyz", "a port's protocol is tcp or udp")]
    [InlineData("90-80", "a range of ports goes up")]
    [InlineData("1-65535", "a range has at most 1000 ports")]
    public void Port_ThatIsNone_IsRefused(string port, string rule) =>
        Assert.Equal([$"compose.yaml:3:13: services.web.ports[0]: {rule}"], ComposeCase.Errors(ComposeCase.Read($"services:\n  web:\n    ports: [\"{port}\"]\n    image: a\n")));

    [Fact]
    public void Secrets_AndConfigs_AreFilesWhereTheServiceWantsThem()
    {
        ComposeOutcome outcome = ComposeCase.Read("""
            services:
              web:
                image: a
                secrets: [db_password, { source: key, target: tls.key, uid: "103", gid: "103", mode: 0400 }, { source: key, target: /etc/key }, outside]
                configs: [{ source: site, target: /etc/nginx/nginx.conf }, motd]
            secrets: { db_password: { file: pw.txt }, key: { environment: KEY }, outside: { external: true, name: Outside_Name } }
            configs: { site: { content: "port ${PORT}" }, motd: { file: motd, name: Named_Motd, labels: [a=b] } }
            """, Map(("KEY", "k"), ("PORT", "80")), Map(("/stack/pw.txt", "hunter2\n"), ("/stack/motd", "hello")));
        JsonNode template = ComposeCase.Written(outcome, "Workload", "web")["spec"]!["template"]!;
        Assert.Equal("""[{"name":"shop-db-password","files":[{"key":"db_password","path":"/run/secrets/db_password"}]},{"name":"shop-key","files":[{"key":"key","path":"/run/secrets/tls.key","user":"103","group":"103","mode":"0400"},{"key":"key","path":"/etc/key"}]},{"name":"outside-name","files":[{"path":"/run/secrets/outside"}]}]""", template["secrets"]!.ToJsonString());
        Assert.Equal("""[{"name":"shop-site","files":[{"key":"site","path":"/etc/nginx/nginx.conf"}]},{"name":"named-motd","files":[{"key":"motd","path":"/motd"}]}]""", template["configs"]!.ToJsonString());
        Assert.Equal("hunter2\n", ComposeCase.One<Secret>(outcome, "shop-db-password").Spec.Data!["db_password"]);
        Assert.Equal("port 80", ComposeCase.One<Config>(outcome, "shop-site").Spec.Data!["site"]);
        Assert.Equal("b", ComposeCase.One<Config>(outcome, "named-motd").Metadata.Annotations!["a"]);
        Assert.Equal(2, ComposeCase.Accepted(outcome).Resources.Count(static declared => declared.Resource is Secret));
    }

    [Fact]
    public void SecretValue_IsNeverInAMessageOrTheConfig()
    {
        ComposeOutcome refused = ComposeCase.Read("services: { web: { image: a, secrets: [s], nonsense: 1 } }\nsecrets: { s: { file: pw } }", files: Map(("/stack/pw", "hunter2")));
        Assert.DoesNotContain("hunter2", string.Join('\n', ComposeCase.Errors(refused)), StringComparison.Ordinal);
        string big = new('x', 2 << 20);
        Assert.DoesNotContain("xxxxxxxx", string.Join('\n', ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a, secrets: [s] } }\nsecrets: { s: { file: pw } }", files: Map(("/stack/pw", big))))), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ComposeCase.Accepted(ComposeCase.Read("services: { web: { image: a, secrets: [s] } }\nsecrets: { s: { file: pw } }", files: Map(("/stack/pw", "hunter2")))).ToYaml(), StringComparison.Ordinal);
    }

    [Fact]
    public void Update_OfASwarm_IsTheSameInThePlane()
    {
        Assert.Equal("""{"maxSurge":0,"maxUnavailable":2,"observeSeconds":30,"maxFailureRatio":0.2,"onFailure":"undo"}""",
            ComposeCase.Written(ComposeCase.Read("services: { web: { image: a, deploy: { replicas: 5, update_config: { parallelism: 2, delay: 10s, monitor: 30s, failure_action: rollback, max_failure_ratio: 0.2 } } } }"), "Workload", "web")["spec"]!["update"]!.ToJsonString());
        Assert.Equal("""{"maxSurge":"100%","maxUnavailable":0}""",
            ComposeCase.Written(ComposeCase.Read("services: { web: { image: a, deploy: { update_config: { parallelism: 0, order: start-first } } } }"), "Workload", "web")["spec"]!["update"]!.ToJsonString());
    }

    [Fact]
    public void Replicas_ThatTheFileDoesNotMention_StayTheirOwners() =>
        Assert.Null(ComposeCase.Written(ComposeCase.Read("services: { web: { image: a } }"), "Workload", "web")["spec"]!["replicas"]);

    [Fact]
    public void GlobalService_HasOneReplicaOnEachMachine_OfTheClustersThatItsPolicyChooses()
    {
        WorkloadSpec spec = ComposeCase.One<Workload>(ComposeCase.Read("services: { web: { image: a, deploy: { mode: global } } }"), "web").Spec;
        Assert.Equal((ContainerMode.Global, null, null), (spec.Template.Container!.Mode, spec.Replicas, spec.Placement));
        spec = ComposeCase.One<Workload>(ComposeCase.Read("x-federation: { placement: { spread: [{ label: federation/cluster, min: 2 }] } }\nservices: { web: { image: a, deploy: { mode: global } } }"), "web").Spec;
        Assert.NotNull(spec.PlacementPolicy);
        Assert.Contains("a workload with one replica on each node is spread already",
            Assert.IsType<ComposeOutcome.Refused>(ComposeCase.Read("services: { web: { image: a, deploy: { mode: global }, x-federation: { placement: { spread: [{ label: federation/cluster, min: 2 }] } } } }")).Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Extension_CarriesPlacementRoutesProcessAndClusters()
    {
        ComposeStack stack = ComposeCase.Accepted(ComposeCase.Read("""
            x-federation:
              domain: example.com
              placement: { spread: [{ label: federation/cluster, min: 2 }] }
            services:
              web:
                image: a
                ports: ["80", "9000"]
                healthcheck: { test: curl -f localhost }
                x-federation:
                  process: { command: web, arguments: [--serve] }
                  routes: [{ host: www.example.com, path: /shop }, { port: port-9000 }]
                  healthCheck: { http: { path: /healthz } }
                  clusters: { eu: { atLeast: 2 }, us: { atMost: 1 } }
                  ports: { 9000: http2 }
              db:
                image: b
                x-federation: { singleton: true, placement: { affinity: [{ key: region, values: [eu] }] } }
            """));
        Assert.Equal("shop", stack.Resources.Select(static declared => declared.Resource).OfType<Domain.Policies.PlacementPolicy>().Single().Metadata.Name);
        WorkloadSpec web = ((Workload)stack.Resources.Single(static declared => declared.Resource is Workload { Metadata.Name: "web" }).Resource).Spec;
        Assert.Equal(("shop", "web", "/healthz", PortProtocol.Http2), (web.PlacementPolicy, web.Template.Process!.Command, web.Template.HealthCheck!.Http!.Path, web.Template.Ports![1].Protocol));
        Assert.Equal(["eu 2..", "us ..1"], web.Pins!.Select(static pin => $"{pin.Cluster} {pin.AtLeast}..{pin.AtMost}"));
        WorkloadSpec db = ((Workload)stack.Resources.Single(static declared => declared.Resource is Workload { Metadata.Name: "db" }).Resource).Spec;
        Assert.Equal((true, "region", null), (db.Singleton, db.Placement!.Affinity![0].Key, db.PlacementPolicy));
        Assert.Equal(["www.example.com/shop http", "web.shop.example.com/ port-9000"],
            stack.Resources.Select(static declared => declared.Resource).OfType<Route>().Select(static route => $"{route.Spec.Host}{route.Spec.Path} {route.Spec.Port ?? "http"}"));
    }

    [Theory]
    [InlineData("replcias: 2", "compose.yaml:4:5: services.web.replcias: the key is unknown")]
    [InlineData("volumes: [{ type: volume, sorce: x, target: /x }]", "compose.yaml:4:31: services.web.volumes[0].sorce: the key is unknown; did you mean source?")]
    [InlineData("volumes: [\"nowhere:/x\"]", "compose.yaml:4:15: services.web.volumes[0]: there is no nowhere under volumes; add it there, with external: true if it is there already")]
    [InlineData("networks: [nowhere]", "compose.yaml:4:16: services.web.networks.nowhere: there is no network nowhere under networks; add it there, with external: true if the clusters have it")]
    [InlineData("secrets: [nowhere]", "compose.yaml:4:15: services.web.secrets[0]: there is no nowhere under secrets; add it there, with external: true if it is there already")]
    [InlineData("tty: maybe", "compose.yaml:4:10: services.web.tty: true or false is expected")]
    [InlineData("stop_grace_period: 10", "compose.yaml:4:24: services.web.stop_grace_period: a time is numbers with units, such as 1m30s, 10s or 500ms")]
    [InlineData("mem_limit: lots", "compose.yaml:4:16: services.web.mem_limit: a size is a number with an optional unit of b, k, m or g, such as 512m or 1gb")]
    [InlineData("cpus: many", "compose.yaml:4:11: services.web.cpus: processors are written as a number, such as 0.5 or 2")]
    [InlineData("network_mode: \"service:db\"", "compose.yaml:4:19: services.web.network_mode: containers do not share name spaces with each other: they may lie on different machines; join a network that both have, and call the other by its name")]
    [InlineData("volumes_from: [db]", "compose.yaml:4:20: services.web.volumes_from[0]: containers do not share their volumes by name; name the volume in both services")]
    [InlineData("command: \"open 'quote\"", "compose.yaml:4:14: services.web.command: a quoted word of a command is not closed")]
    [InlineData("deploy: { resources: { limits: { cpus: \"1\" }, reservations: { cpus: \"2\" } } }", "compose.yaml:4:44: services.web.deploy.resources.limits.cpus: cpuLimit is above 0 and not below cpu (2000m)")]
    [InlineData("environment: { \"1A\": x }", "compose.yaml:4:26: services.web.environment.1A: a variable's name has letters, digits, '_', '.' and '-', and does not begin with a digit")]
    [InlineData("ports: [\"80:80\", { target: 80, published: 81, mode: host }]", "compose.yaml:4:22: services.web.ports[1]: port 80 of the container is published already, in line 4; publish it once; another host or path is a route of x-federation")]
    [InlineData("x-federation: { proces: {} }", "compose.yaml:4:21: services.web.x-federation.proces: the key is unknown; did you mean process?")]
    [InlineData("x-federation: { singleton: 3 }", "compose.yaml:4:32: services.web.x-federation.singleton: expected true or false, found a number")]
    [InlineData("image: again", "compose.yaml:4:5: services.web.image: the key is given twice; remove one; the first is in line 3")]
    [InlineData("command: { a: b }", "compose.yaml:4:5: services.web.command: expected a plain value or a list, found a mapping")]
    public void Service_ThatIsWrong_IsRefusedWithPathLineAndColumn(string line, string error)
    {
        string told = Assert.Single(ComposeCase.Errors(ComposeCase.Read($"services:\n  web:\n    image: a\n    {line}\n")));
        Assert.StartsWith(error, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Service_WithoutAnImage_IsToldWhatWouldHelp() =>
        Assert.Equal(["compose.yaml:2:3: services.web: it names no image, and images are not built here; build it, push it, and write image: NAME"], ComposeCase.Errors(ComposeCase.Read("services:\n  web: { build: . }\n")));

    [Fact]
    public void Service_ThatIsAProcessAlone_IsWarnedOfWhatAnImageWouldNeed()
    {
        ComposeOutcome outcome = ComposeCase.Read("services:\n  web:\n    cap_add: [NET_ADMIN]\n    x-federation: { process: { command: web } }\n");
        Assert.Null(ComposeCase.One<Workload>(outcome, "web").Spec.Template.Container);
        Assert.Contains(outcome.Warnings, static warning => warning is { Path: "services.web.cap_add", Line: 3 });
    }

    [Fact]
    public void Name_ComesFromTheCommandOrTheFile()
    {
        Assert.Equal("own", ComposeCase.Accepted(ComposeCase.Read("name: own\nservices: { web: { image: a } }", name: null)).Name);
        Assert.Equal("shop", ComposeCase.Accepted(ComposeCase.Read("name: own\nservices: { web: { image: a } }")).Name);
        Assert.Equal(["compose.yaml:1:1: nothing gives the stack a name; write name: NAME, or give one with the command"], ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a } }", name: null)));
    }

    [Theory]
    [InlineData("shop", "environment", "file", "shop")]
    [InlineData(null, "From_Environment", "file", "from-environment")]
    [InlineData(null, null, "file", "file")]
    [InlineData(null, "", null, "own")]
    public void Name_OfTheVariable_GoesBehindTheCommandsAndBeforeTheFiles_WhichKnowItByTheVariable(string? command, string? environment, string? file, string expected)
    {
        ComposeStack stack = ComposeCase.Accepted(ComposeCase.Read(
            "name: ${COMPOSE_PROJECT_NAME:-own}\nservices: { web: { image: \"a:${COMPOSE_PROJECT_NAME}\", environment: [COMPOSE_PROJECT_NAME], env_file: e.env } }",
            environment is null ? null : Map(("COMPOSE_PROJECT_NAME", environment)),
            file is null ? Map(("/stack/e.env", "A=$COMPOSE_PROJECT_NAME")) : Map(("/stack/.env", $"COMPOSE_PROJECT_NAME={file}"), ("/stack/e.env", "A=$COMPOSE_PROJECT_NAME")), name: command));
        WorkloadTemplate template = stack.Resources.Select(static declared => declared.Resource).OfType<Workload>().Single().Spec.Template;
        Assert.Equal((expected, $"a:{expected}", expected, expected), (stack.Name, template.Image, template.Environment!["COMPOSE_PROJECT_NAME"], template.Environment["A"]));
    }

    [Fact]
    public void Name_OfTheLastFileOrOfThePlaceOfTheFiles_IsKnownByTheVariable()
    {
        Assert.Equal("two-1", ComposeCase.Accepted(ComposeCase.Read(["name: one\nservices: { web: { image: a, hostname: \"$COMPOSE_PROJECT_NAME-1\" } }", "name: two"], name: null)).Resources.Select(static declared => declared.Resource).OfType<Workload>().Single().Spec.Template.Container!.Hostname);
        Assert.Equal(["compose.yaml: 'a/b' is no name of a stack: a name consists of lower-case letters a-z, digits and '-'; set another as COMPOSE_PROJECT_NAME, or give one with the command"], ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a } }", Map(("COMPOSE_PROJECT_NAME", "a/b")), name: null)));
    }

    [Theory]
    [InlineData("services: { web: { image: a } }", true)]
    [InlineData("version: \"3.8\"\nservices:\n  web: {}\n", true)]
    [InlineData("include: [a.yaml]", true)]
    [InlineData("apiVersion: federation/v1\nkind: Workload\nservices: {}", false)]
    [InlineData("kind: List\nitems: []", false)]
    [InlineData("[1, 2]", false)]
    [InlineData("just text", false)]
    [InlineData("services: [", false)]
    public void IsCompose_TellsByTheContent(string text, bool expected) => Assert.Equal(expected, ComposeReader.IsCompose(text));
}
