using Federation.Domain.Workloads;
using Federation.Manifests.Compose;

namespace Federation.Manifests.Tests.Compose;

/// <summary>What people write in Compose files without thinking of it, and what they mean by it.</summary>
public sealed class ComposeHabitsTests
{
    [Fact]
    public void ServiceThatOthersWaitForToEnd_RunsToItsEnd_UnlessItSaysOtherwise()
    {
        ComposeOutcome read = ComposeCase.Read("services: { migrate: { image: a }, web: { image: b, depends_on: { migrate: { condition: service_completed_successfully } } } }");
        Assert.Equal(RestartCondition.OnFailure, ComposeCase.One<Workload>(read, "migrate").Spec.Template.Restart.Condition);
        Assert.Equal(RestartCondition.Always, ComposeCase.One<Workload>(read, "web").Spec.Template.Restart.Condition);
        Assert.Contains(((ComposeOutcome.Accepted)read).Warnings, static warning => warning.Rule.StartsWith("migrate runs to its end, as others wait for that", StringComparison.Ordinal));
        read = ComposeCase.Read("services: { migrate: { image: a, restart: always }, web: { image: b, depends_on: { migrate: { condition: service_completed_successfully } } } }");
        Assert.Equal(RestartCondition.Always, ComposeCase.One<Workload>(read, "migrate").Spec.Template.Restart.Condition);
    }

    [Fact]
    public void PortPublishedTwice_IsReachedAsTheFirstSays()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, ports: ['80:80', '8080:80'] } }");
        Assert.Equal(80, Assert.Single(ComposeCase.One<Workload>(read).Spec.Template.Ports!).PublishedPort);
        Assert.Contains(((ComposeOutcome.Accepted)read).Warnings, static warning => warning.Rule == "port 80 of the container is published already, in line 1: it is reached as that says");
    }

    [Fact]
    public void TemplatesOfASwarm_AreToldAsEveryClusterTellsThem_OrWarnedOf()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, environment: { NODE: '{{.Node.Hostname}}', TASK: 'at-{{ .Task.ID }}', NAME: '{{.Service.Name}}', SLOT: '{{.Task.Slot}}', JINJA: '{{ user }}' } } }");
        IReadOnlyDictionary<string, string> told = ComposeCase.One<Workload>(read).Spec.Template.Environment!;
        Assert.Equal(("$(FEDERATION_NODE)", "at-$(FEDERATION_REPLICA)", "$(FEDERATION_WORKLOAD)", "{{.Task.Slot}}", "{{ user }}"), (told["NODE"], told["TASK"], told["NAME"], told["SLOT"], told["JINJA"]));
        Assert.Single(((ComposeOutcome.Accepted)read).Warnings, static warning => warning.Rule.StartsWith("a template that a swarm fills in is not filled in here", StringComparison.Ordinal));
    }

    [Fact]
    public void VariableInAnEnvironmentFile_ThatIsNotSet_IsWarnedOfByItsName()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, env_file: [e.env] } }", files: new Dictionary<string, string> { ["/stack/e.env"] = "PW=abc$def\nSAFE='abc$def'\n" });
        IReadOnlyDictionary<string, string> set = ComposeCase.One<Workload>(read).Spec.Template.Environment!;
        Assert.Equal(("abc", "abc$def"), (set["PW"], set["SAFE"]));
        ManifestError warning = Assert.Single(((ComposeOutcome.Accepted)read).Warnings, static warning => warning.Rule == "the variable def is not set, and its value is empty");
        Assert.Equal("/stack/e.env", warning.Source);
    }

    [Fact]
    public void PullSecret_OfTheStack_IsMeantByTheStacksNameForIt()
    {
        ComposeOutcome read = ComposeCase.Read(
            "secrets: { regcred: { file: config.json }, theirs: { external: true, name: other } }\nservices: { web: { image: r.io/a, x-federation: { imagePullSecrets: [regcred, theirs, elsewhere] } } }",
            files: new Dictionary<string, string> { ["/stack/config.json"] = "{}" });
        Assert.Equal(["shop-regcred", "other", "elsewhere"], ComposeCase.One<Workload>(read).Spec.Template.ImagePullSecrets!);
    }

    [Fact]
    public void Volume_SeenAtTwoPaths_IsOneVolume_EachPathWithItsOwnRights()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, volumes: ['data:/data', 'data:/shown:ro', { type: volume, source: data, target: /part, volume: { subpath: part } }] } }\nvolumes: { data: { driver: nfs, driver_opts: { share: x } } }");
        Assert.Equal(["shop-data /data rw ", "shop-data /shown ro ", "shop-data /part rw part"], ComposeCase.One<Workload>(read).Spec.Template.Volumes!.Select(static volume => $"{volume.Name} {volume.Path} {(volume.ReadOnly ? "ro" : "rw")} {volume.SubPath}"));
        ComposeRendererTests.AssertReadsToTheSame([.. ComposeCase.Accepted(read).Resources.Select(static declared => declared.Resource)], "shop");
        ManifestError twice = Assert.Single(Assert.IsType<ComposeOutcome.Refused>(ComposeCase.Read("services: { web: { image: a, volumes: ['data:/data', 'data:/data:ro'] } }\nvolumes: { data: {} }")).Errors);
        Assert.Equal(("services.web.volumes[1]", "a volume is named once for each path at which it is seen"), (twice.Path, twice.Rule));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("/stack")]
    [InlineData("below")]
    public void FolderOfTheFileItself_IsBound_HoweverItIsWritten(string folder)
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, volumes: ['./:/a', '.:/b', { type: bind, source: ./, target: /c }, './x:/d'] } }", folder: folder);
        string whole = Path.GetFullPath(folder);
        Assert.Equal([whole, whole, whole, Path.Combine(whole, "x")], ComposeCase.One<Workload>(read).Spec.Template.Container!.Binds!.Select(static bind => bind.Source));
        Assert.IsType<ComposeOutcome.Accepted>(ComposeCase.Read(ComposeCase.Accepted(read).ToYaml(), folder: folder));
    }

    [Theory]
    [InlineData("':/app'", "compose.yaml:1:40: services.web.volumes[0]: the source of a mount is empty; write FOLDER:TARGET or VOLUME:TARGET, or TARGET alone for a folder of the replica's own")]
    [InlineData("'${NONE:-}:/app'", "compose.yaml:1:40: services.web.volumes[0]: the source of a mount is empty; write FOLDER:TARGET or VOLUME:TARGET, or TARGET alone for a folder of the replica's own")]
    [InlineData("{ type: bind, source: '', target: /app }", "compose.yaml:1:62: services.web.volumes[0].source: the source of a bind is empty; write source: PATH")]
    [InlineData("{ type: bind, target: /app }", "compose.yaml:1:40: services.web.volumes[0].source: the source of a bind is empty; write source: PATH")]
    public void MountWithoutASource_IsRefusedWithItsPlace(string mount, string error) =>
        Assert.Equal([error], ComposeCase.Errors(ComposeCase.Read($"services: {{ web: {{ image: a, volumes: [{mount}] }} }}")));

    [Theory]
    [InlineData("test: []")]
    [InlineData("test: ''")]
    [InlineData("")]
    public void CheckWithAnEmptyTest_IsTheImagesOwn(string check)
    {
        ComposeOutcome read = ComposeCase.Read($"services: {{ web: {{ image: a, healthcheck: {{ {check} }} }} }}");
        WorkloadTemplate template = ComposeCase.One<Workload>(read).Spec.Template;
        Assert.Equal((null, false), (template.HealthCheck, template.Container?.NoHealthCheck ?? false));
    }

    [Theory]
    [InlineData("[CMD-SHELL]")]
    [InlineData("[CMD]")]
    [InlineData("[curl, localhost]")]
    public void CheckThatNamesNoProgram_IsRefusedOnceWithItsPlace(string test) =>
        Assert.Equal(["compose.yaml:1:45: services.web.healthcheck.test: a check is [CMD, PROGRAM, ...], [CMD-SHELL, COMMAND], [NONE], or a command in one line"],
            ComposeCase.Errors(ComposeCase.Read($"services: {{ web: {{ image: a, healthcheck: {{ test: {test}, interval: 5s }} }} }}")));

    // What is left out is as https://docs.docker.com/reference/dockerfile/#healthcheck says, and the container given up no sooner than an engine does.
    [Theory]
    [InlineData("", 30, 30, 3, 90)]
    [InlineData("interval: 0s, timeout: 0s, retries: 0", 30, 30, 3, 90)]
    [InlineData("start_period: 1m", 30, 30, 3, 150)]
    [InlineData("interval: 5s", 5, 30, 3, 60)]
    [InlineData("interval: 5s, start_period: 0s", 5, 30, 3, 15)]
    [InlineData("interval: 1500ms, timeout: 500ms, retries: 10, start_period: 1500ms", 2, 1, 10, 22)]
    public void CheckThatLeavesSomethingOut_IsMadeAsAnEngineMakesIt(string check, int interval, int timeout, int retries, int start)
    {
        ComposeOutcome read = ComposeCase.Read($"services: {{ web: {{ image: a, healthcheck: {{ test: ready, {check} }} }} }}");
        HealthCheck health = ComposeCase.One<Workload>(read).Spec.Template.HealthCheck!;
        Assert.Equal((interval, timeout, retries, start), (health.IntervalSeconds, health.TimeoutSeconds, health.FailureThreshold, health.StartSeconds));
        ComposeRendererTests.AssertReadsToTheSame([.. ComposeCase.Accepted(read).Resources.Select(static declared => declared.Resource)], "shop");
    }

    [Fact]
    public void TimesAndNumbersThatEnginesTake_AreTakenAsFarAsThePlaneKnowsThem_AndTold()
    {
        ComposeOutcome read = ComposeCase.Read("""
            services:
              web:
                image: a
                stop_grace_period: 2h
                healthcheck: { test: ready, interval: 2h, timeout: 90m, retries: 2000 }
                deploy: { restart_policy: { delay: 2h, window: 48h }, update_config: { delay: 30h, monitor: 25h } }
              patient: { image: a, healthcheck: { test: ready, interval: 1s, retries: 120 } }
            """);
        WorkloadTemplate template = ComposeCase.One<Workload>(read, "web").Spec.Template;
        Assert.Equal((3600, 3600, 3600, 1000, 86400), (template.StopGraceSeconds, template.HealthCheck!.IntervalSeconds, template.HealthCheck.TimeoutSeconds, template.HealthCheck.FailureThreshold, template.HealthCheck.StartSeconds));
        Assert.Equal((3600d, 3600d, 86400d), (template.Restart.BackoffSeconds, template.Restart.MaxBackoffSeconds, template.Restart.WindowSeconds));
        Assert.Equal((86400d, 86400d), (template.Container!.Update!.DelaySeconds, template.Container.Update.MonitorSeconds));
        Assert.Equal((120, 120), ComposeCase.One<Workload>(read, "patient").Spec.Template.HealthCheck is { } check ? (check.FailureThreshold, check.StartSeconds) : default);
        Assert.Equal(
            [
                "services.web.stop_grace_period: here it is at most 1h, and is taken as that",
                "services.web.healthcheck: a replica that is not ready after a day is ended, whatever its check still bears",
                "services.web.healthcheck.interval: here it is at most 1h, and is taken as that",
                "services.web.healthcheck.timeout: here it is at most 1h, and is taken as that",
                "services.web.healthcheck.retries: here it is at most 1000, and is taken as that",
                "services.web.deploy.restart_policy.delay: here it is at most 1h, and is taken as that",
                "services.web.deploy.restart_policy.window: here it is at most 24h, and is taken as that",
                "services.web.deploy.update_config.delay: here it is at most 24h, and is taken as that",
                "services.web.deploy.update_config.monitor: here it is at most 24h, and is taken as that",
                "services.web.deploy.update_config.monitor: a new replica is observed for at most an hour",
            ],
            read.Warnings.Select(static warning => $"{warning.Path}: {warning.Rule}"));
    }

    [Fact]
    public void ServiceWhoseNameNoWorkloadCanHave_IsToldHowOthersCallIt() =>
        Assert.Equal(["compose.yaml:1:13: services.my_db: its workload is named my-db: others have to call it by that name; write my-db where an address names my_db"],
            ComposeCase.Read("services: { my_db: { image: a }, web: { image: b } }").Warnings.Select(static warning => warning.ToString()));

    [Fact]
    public void LinkWithANameOfItsOwn_IsToldThatTheNameLeadsNowhere_AndWhatDoes()
    {
        ComposeOutcome read = ComposeCase.Read("""
            services:
              web: { image: a, links: [db, "db:db", "db:mysql", "cache:redis", "my_db:my-db", "cache:db"] }
              db: { image: b, networks: [back] }
              my_db: { image: b }
              cache: { image: b }
            networks: { back: {} }
            """);
        Assert.Equal(
            [
                "services.web.links[2]: the name mysql leads nowhere: db is called by its own; call it db, or write networks: { back: { aliases: [mysql] } } in the service db",
                "services.web.links[3]: the name redis leads nowhere: cache is called by its own; call it cache, or write networks: { default: { aliases: [redis] } } in the service cache",
                "services.web.links[5]: the name db leads to the service of that name, and not to cache; call cache by its own name",
            ],
            read.Warnings.Where(static warning => warning.Rule.StartsWith("the name", StringComparison.Ordinal)).Select(static warning => $"{warning.Path}: {warning.Rule}; {warning.Suggestion}"));
    }

    [Fact]
    public void TextsThatAVariableWhichIsNotSetLeavesEmpty_AreAsIfTheyWereNotWritten()
    {
        string[] keys = ["user", "restart", "working_dir", "stop_signal", "runtime", "platform", "domainname", "hostname", "isolation", "cpuset"];
        ComposeOutcome read = ComposeCase.Read($"services: {{ web: {{ image: a, {string.Join(", ", keys.Select(static key => $"{key}: '${{NONE:-}}'"))}, deploy: {{ mode: '', restart_policy: {{ condition: '' }} }} }} }}");
        Assert.Equal("""{"template":{"image":"a"}}""", ComposeCase.Written(read, "Workload", "web")["spec"]!.ToJsonString());
    }

    [Theory]
    [InlineData("env_file: ''", "compose.yaml:1:40: services.web.env_file: it names no file; write its path, or leave it out")]
    [InlineData("env_file: ['${NONE:-}']", "compose.yaml:1:41: services.web.env_file[0]: it names no file; write its path, or leave it out")]
    [InlineData("env_file: [{ path: '', required: false }]", "compose.yaml:1:49: services.web.env_file[0].path: it names no file; write its path, or leave it out")]
    [InlineData("label_file: ''", "compose.yaml:1:42: services.web.label_file: it names no file; write its path, or leave it out")]
    public void FileWithoutAName_IsRefusedWithItsPlace(string line, string error) => Assert.Equal([error], ComposeCase.Errors(ComposeCase.Read($"services: {{ web: {{ image: a, {line} }} }}")));

    [Fact]
    public void VolumeThatIsExternal_IsToldToBeAVolumeOfThePlane_WhichHasToBeDeclared()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, volumes: ['data:/data', 'mine:/mine', 'declared:/declared'] } }\nvolumes: { data: { external: true, name: shared_Data }, mine: { name: shared_Data }, declared: { external: true, x-federation: { shared: true } } }");
        Assert.Equal([("shared-data", null), ("shop-mine", "shared_Data"), ("declared", null)], ComposeCase.One<Workload>(read).Spec.Template.Volumes!.Select(static volume => (volume.Name, volume.EngineName)));
        Assert.Equal(["compose.yaml:2:30: volumes.data.external: it is the Volume shared-data, which has to be declared: what uses it waits until it is; for a volume that an engine has already, write name: shared_Data without external"],
            read.Warnings.Select(static warning => warning.ToString()));
    }

    [Fact]
    public void TemplatesThatComeOutOtherwiseThanOnASwarm_AreWarnedOfByWhatTheyBecome()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, environment: { A: '{{.Node.Hostname}} {{.Task.ID}}', B: '{{ .Node.ID }}', C: '{{.Task.Name}}/{{.Service.Name}}' } } }");
        Assert.Equal(
            [
                "services.web.environment.B: {{.Node.ID}} becomes the node's name, and not its id",
                "services.web.environment.C: {{.Task.Name}} becomes the replica's id, and not SERVICE.SLOT.ID",
                "services.web.environment.C: {{.Service.Name}} becomes web, without the stack's name before it",
            ],
            read.Warnings.Select(static warning => $"{warning.Path}: {warning.Rule}"));
    }

    [Fact]
    public void VariableWithAColonInItsName_IsRefusedWithHowDotnetReadsOneWithout() =>
        Assert.Equal(["compose.yaml:1:74: services.web.environment[\"ConnectionStrings:Default\"]: a variable's name has letters, digits, '_', '.' and '-', and does not begin with a digit; write ConnectionStrings__Default: .NET reads __ as ':'"],
            ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a, environment: { 'ConnectionStrings:Default': x } } }")));

    [Theory]
    [InlineData("\"440\"", "0440")]
    [InlineData("'0440'", "0440")]
    [InlineData("\"0o440\"", "0440")]
    [InlineData("0440", "0440")]
    // A number is what YAML makes of it.
    [InlineData("288", "0440")]
    public void Rights_InQuotes_AreOctal(string mode, string expected)
    {
        ComposeOutcome read = ComposeCase.Read($"services: {{ web: {{ image: a, configs: [{{ source: c, mode: {mode} }}], volumes: [{{ type: tmpfs, target: /t, tmpfs: {{ mode: {mode} }} }}] }} }}\nconfigs: {{ c: {{ content: x }} }}");
        WorkloadTemplate template = ComposeCase.One<Workload>(read).Spec.Template;
        Assert.Equal((expected, expected), (template.Configs![0].Files![0].Mode, template.Container!.Tmpfs![0].Mode));
        ComposeOutcome again = ComposeCase.Read(ComposeCase.Accepted(read).ToYaml());
        Assert.Equal(expected, ComposeCase.One<Workload>(again).Spec.Template.Configs![0].Files![0].Mode);
    }

    [Theory]
    [InlineData("'440x'")]
    [InlineData("'980'")]
    public void RightsThatAreNotOctal_AreRefused(string mode) =>
        Assert.Equal(["compose.yaml:1:59: services.web.configs[0].mode: rights are written in octal, such as 0440"],
            ComposeCase.Errors(ComposeCase.Read($"services: {{ web: {{ image: a, configs: [{{ source: c, mode: {mode} }}] }} }}\nconfigs: {{ c: {{ content: x }} }}")));

    [Fact]
    public void HomeFolder_IsBoundWithAndWithoutASlash()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, volumes: ['~:/a', '~/x:/b'] } }");
        Assert.Equal([home, Path.Combine(home, "x")], ComposeCase.One<Workload>(read).Spec.Template.Container!.Binds!.Select(static bind => bind.Source));
    }

    [Fact]
    public void ProtocolInCapitals_IsThatProtocol()
    {
        ComposeOutcome read = ComposeCase.Read("services: { web: { image: a, ports: ['53:53/UDP', { target: 80, protocol: TCP }, { target: 54, protocol: UDP }] } }");
        Assert.Equal([PortProtocol.Udp, PortProtocol.Http, PortProtocol.Udp], ComposeCase.One<Workload>(read).Spec.Template.Ports!.Select(static port => port.Protocol));
    }

    [Theory]
    [InlineData("wholly_other: 1", "services.web.wholly_other: the key is unknown; docs/reference/compose.md lists those that are known; your own begin with x-")]
    [InlineData("healthcheck: { wholly_other: 1 }", "services.web.healthcheck.wholly_other: the key is unknown; known here: disable, interval, retries, start_interval, start_period, test, timeout; your own begin with x-")]
    public void KeyThatIsUnknown_IsToldTheKnownOnes_IfTheyAreFew(string line, string error) =>
        Assert.EndsWith(error, Assert.Single(ComposeCase.Errors(ComposeCase.Read($"services: {{ web: {{ image: a, {line} }} }}"))), StringComparison.Ordinal);

    [Fact]
    public void FileWhoseServicesAllHaveAProfile_IsRefusedWithAWayThatEveryCommandHas() =>
        Assert.Equal(["compose.yaml:1:1: services: the file declares no service; if all services have a profile, ask for one: COMPOSE_PROFILES=NAME, or --profile NAME of fedctl stack"],
            ComposeCase.Errors(ComposeCase.Read("services: { web: { image: a, profiles: [debug] } }")));
}
