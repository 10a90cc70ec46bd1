using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedDockerEngine))]

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>Containers of a real engine, as a workload sees them.</summary>
public sealed class ContainerTests(SharedDockerEngine shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_AnImage_RunsItAsOursWithItsLimitsAndNothingMore()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with
        {
            Template = order.Template with
            {
                Resources = new ResourceRequirements { Cpu = new(250), CpuLimit = new(500), MemoryLimit = new(64L * 1024 * 1024) },
                Container = order.Template.Container! with { User = "web", WorkingDirectory = "/tmp", StopSignal = "SIGUSR1", Environment = new Dictionary<string, string> { ["GREETING"] = "hello $(FEDERATION_WORKLOAD)" } },
            },
        });
        ReplicaObservation replica = await node.SeeReadyAsync();
        Assert.Contains(Capability.Image, node.Reconciler.Current.Nodes[0].Capabilities);
        Assert.Contains(Capability.Process, node.Reconciler.Current.Nodes[0].Capabilities);
        using JsonDocument container = await node.InspectAsync(replica.Id);
        JsonElement labels = container.RootElement.GetProperty("Config").GetProperty("Labels");
        Assert.Equal(
            (node.Label, "acme", "uid-web", replica.Id.Value, "4", "plane-1"),
            (Text(labels, "federation.node"), Text(labels, "federation.tenant"), Text(labels, "federation.uid"), Text(labels, "federation.replica"), Text(labels, "federation.generation"), Text(labels, "federation.plane")));
        // No registry knows the image: its id says what runs.
        Assert.Equal(Text(container.RootElement, "Image"), Text(labels, "federation.image"));
        Assert.True(Text(container.RootElement, "Name").Length <= 64);
        JsonElement host = container.RootElement.GetProperty("HostConfig");
        Assert.Equal("no", Text(host.GetProperty("RestartPolicy"), "Name"));
        Assert.Equal((64L * 1024 * 1024, 64L * 1024 * 1024, 500_000_000L, 256L),
            (host.GetProperty("Memory").GetInt64(), host.GetProperty("MemorySwap").GetInt64(), host.GetProperty("NanoCpus").GetInt64(), host.GetProperty("CpuShares").GetInt64()));
        Assert.Equal("SIGUSR1", Text(container.RootElement.GetProperty("Config"), "StopSignal"));
        (int code, string output) = await node.RunInsideAsync(replica.Id, "id -u; readlink /proc/self/cwd; echo $GREETING; cat /proc/self/status");
        Assert.Equal(0, code);
        Assert.StartsWith("1234\n/tmp\nhello web\n", output, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", output, StringComparison.Ordinal);
        await node.Host.RefreshUsageAsync(Cancelled);
        Assert.True(node.Host.UsageOf(replica.Id).MemoryBytes > 0);
        Assert.Equal(64L * 1024 * 1024, node.Host.MemoryLimitOf(replica.Id));
    }

    [Fact]
    public async Task End_OfItsProgram_IsToldAndItIsStartedAgainByItsPolicyAlone()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment failing = ContainerNode.Order("failing", "echo started; exit 3");
        Assignment once = ContainerNode.Order("once", "exit 0");
        Assignment absent = ContainerNode.Order("absent", "");
        await node.ApplyAsync(1,
            failing,
            once with { Template = once.Template with { Restart = new RestartPolicy { Condition = RestartCondition.OnFailure } } },
            absent with { Template = absent.Template with { Container = new ContainerTemplate { Command = ["/bin/nosuch"] }, Restart = new RestartPolicy { Condition = RestartCondition.Never } } });
        ClusterObservationSet seen = await node.SeeAsync(static set =>
            set.Replicas.Any(static replica => replica.Workload.Name == "failing" && replica.Restarts >= 2)
            && set.Replicas.Any(static replica => replica.Workload.Name == "once" && replica.State == ReplicaState.Ended)
            && set.Replicas.Any(static replica => replica.Workload.Name == "absent" && replica.State == ReplicaState.Ended));
        Assert.Equal("exit code 3", seen.Replicas.Single(static replica => replica.Workload.Name == "failing").LastEnd);
        Assert.Equal("exit code 0", seen.Replicas.Single(static replica => replica.Workload.Name == "once").LastEnd);
        string? why = seen.Replicas.Single(static replica => replica.Workload.Name == "absent").LastEnd;
        Assert.StartsWith("exit code 127: ", why, StringComparison.Ordinal);
        Assert.Contains("/bin/nosuch", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_ArePublishedOnLoopbackAloneAndCheckedInside()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 1; exec httpd -f -p $PORT -h /www");
        await node.ApplyAsync(1, order with { Template = order.Template with { Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }, new PortTemplate { Name = "admin", Protocol = PortProtocol.Tcp }] } });
        ReplicaObservation starting = (await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Starting, Message: not null }])).Replicas[0];
        // The engine's proxy listens already; the program does not yet.
        Assert.NotEqual(ReplicaState.Ready, starting.State);
        ReplicaObservation replica = await node.SeeReadyAsync();
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync($"http://127.0.0.1:{replica.Ports[0].Port}/", Cancelled));
        (_, string inside) = await node.RunInsideAsync(replica.Id, "echo $PORT $PORT_HTTP $PORT_ADMIN");
        Assert.Equal($"8080 8080 {replica.Ports[1].Port}\n", inside);
        using JsonDocument container = await node.InspectAsync(replica.Id);
        foreach (JsonProperty binding in container.RootElement.GetProperty("HostConfig").GetProperty("PortBindings").EnumerateObject())
            Assert.Equal("127.0.0.1", Text(binding.Value[0], "HostIp"));
    }

    [Fact]
    public async Task Check_ByCommand_RunsInsideTheContainer()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { HealthCheck = new HealthCheck { Exec = new ExecCheck { Command = ["/bin/sh", "-c", "echo no flag; ls /tmp/flag 2>&1"] }, IntervalSeconds = 1 } } });
        ReplicaObservation waiting = (await node.SeeAsync(static set => set.Replicas is [{ Message: { } message }] && message.Contains("no flag", StringComparison.Ordinal))).Replicas[0];
        Assert.StartsWith("its check ends with exit code 1: no flag", waiting.Message, StringComparison.Ordinal);
        await node.RunInsideAsync(waiting.Id, "touch /tmp/flag");
        await node.SeeReadyAsync();
    }

    [Fact]
    public async Task Material_IsTheUsersOwnInMemoryAndReadOnly()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, [new SealedFiles("Secret", "login", 1, "s3cret"u8.ToArray()), new SealedFiles("Config", "site", 1, "hello"u8.ToArray())], order with
        {
            Template = order.Template with
            {
                Container = order.Template.Container! with { User = "web" },
                Secrets = [new FileReference { Name = "login" }],
                Configs = [new FileReference { Name = "site", Path = "/etc/site" }],
            },
        });
        ReplicaObservation replica = await node.SeeReadyAsync();
        (_, string inside) = await node.RunInsideAsync(replica.Id, "cat $FEDERATION_SECRETS/login/key /etc/site/key; echo; stat -c '%a %u' $FEDERATION_SECRETS/login/key $FEDERATION_SECRETS/login /etc/site/key; touch /etc/site/other; echo x >> $FEDERATION_SECRETS/login/key; cat /proc/mounts");
        Assert.StartsWith("s3crethello\n400 1234\n700 1234\n444 1234\n", inside, StringComparison.Ordinal);
        Assert.Contains("/etc/site/other: Read-only file system", inside, StringComparison.Ordinal);
        Assert.Contains("tmpfs /run/federation tmpfs ro", inside, StringComparison.Ordinal);
        // On no disk: neither in the agent's folder nor in the engine's.
        Assert.DoesNotContain("s3cret", string.Concat(Directory.EnumerateFiles(node.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
        using JsonDocument container = await node.InspectAsync(replica.Id);
        Assert.DoesNotContain("s3cret", container.RootElement.GetRawText(), StringComparison.Ordinal);
        // Nobody else of this machine can enter their folder.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(node.Runtime, "containers")));
    }

    [Fact]
    public async Task Start_WithAllThatATemplateCanSay_GivesTheContainerAllOfIt()
    {
        await using ContainerNode node = await NodeAsync(static options => options with { MachineRights = true });
        string shown = Directory.CreateDirectory(Path.Combine(node.Folder, "shown")).FullName, made = Path.Combine(node.Folder, "made");
        await File.WriteAllTextAsync(Path.Combine(shown, "note"), "of the machine", Cancelled);
        int published;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            published = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Assignment order = ContainerNode.Order("web", "exec httpd -f -p $PORT -h /www");
        order = order with
        {
            Template = order.Template with
            {
                Ports = [new PortTemplate { Name = "http", ContainerPort = 8080, Publish = PublishMode.Host, PublishedPort = published, PublishedAddress = "127.0.0.1" }],
                Volumes = [new VolumeReference { Name = "data", Path = "/data", ReadOnly = true }],
                Configs = [new FileReference { Name = "site", Files = [new FileTarget { Path = "/etc/site.conf", User = "7", Group = "8", Mode = "0640" }] }],
                Secrets = [new FileReference { Name = "login", Files = [new FileTarget { Key = "key", Path = "/run/secrets/login" }] }],
                Container = order.Template.Container! with
                {
                    User = "web",
                    Hostname = "shop",
                    DomainName = "example.org",
                    Init = true,
                    ReadOnly = true,
                    CapAdd = ["NET_ADMIN"],
                    CapDrop = ["CHOWN"],
                    Groups = ["4321"],
                    Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "321" },
                    Ulimits = [new Ulimit { Name = "nofile", Soft = 123, Hard = 456 }],
                    PidsLimit = 77,
                    SharedMemory = new(8L * 1024 * 1024),
                    Tmpfs = [new TmpfsMount { Path = "/scratchpad", Size = new(4L * 1024 * 1024), Mode = "1777", Options = ["noexec"] }],
                    Binds = [new BindMount { Source = shown, Path = "/shown", ReadOnly = true }, new BindMount { Source = made, Path = "/made", Create = true }],
                    Scratch = ["/own"],
                    ExtraHosts = [new HostAddress { Host = "db.example.org", Address = "10.1.2.3" }],
                    Dns = ["10.9.9.9"],
                    DnsSearch = ["example.org"],
                    DnsOptions = ["ndots:3"],
                    Labels = new Dictionary<string, string> { ["team"] = "web", ["federation.node"] = "stolen" },
                    Logging = new LogDriver { Options = new Dictionary<string, string> { ["max-size"] = "1m" } },
                    Tuning = new ContainerTuning { CpuShares = 300, OutOfMemoryScore = 200, BlockWeight = null },
                    Devices = [new DeviceMapping { Source = "/dev/null", Path = "/dev/nothing", Permissions = "rw" }],
                    SecurityOptions = ["seccomp=unconfined"],
                },
            },
        };
        await node.ApplyAsync(1, [new SealedFiles("Secret", "login", 1, "s3cret"u8.ToArray()), new SealedFiles("Config", "site", 1, "hello"u8.ToArray())], order);
        ReplicaObservation replica = await node.SeeReadyAsync();
        // Each need that the template has is one that the node says it meets: otherwise it would never have come here.
        Assert.Empty(ContainerNeeds.Of(order.Template).Except(node.Reconciler.Current.Nodes[0].Capabilities));
        (_, string inside) = await node.RunInsideAsync(replica.Id, """
            hostname; cat /proc/1/comm; id -G; ulimit -Hn; cat /proc/sys/net/core/somaxconn; cat /shown/note; echo; grep -c db.example.org /etc/hosts; grep -E "nameserver|search|options" /etc/resolv.conf
            cat /run/secrets/login; echo; stat -c "%a %u %g" /run/secrets/login /etc/site.conf; touch /root-is-open 2>&1; touch /data/x 2>&1; touch /scratchpad/x /own 2>&1 && echo writable; ls -d /made; ls -l /dev/nothing | cut -c1
            """);
        Assert.StartsWith("shop\n", inside, StringComparison.Ordinal);
        Assert.Contains("docker-init\n", inside, StringComparison.Ordinal);
        foreach (string expected in new[] { " 4321\n456\n321\nof the machine\n1\n", "search example.org\n", "ndots:3", "s3cret\n444 1234 1234\n640 7 8\n", "/root-is-open: Read-only file system", "/data/x: Read-only file system", "/made\nc\n" })
            Assert.Contains(expected, inside, StringComparison.Ordinal);
        using JsonDocument container = await node.InspectAsync(replica.Id);
        JsonElement host = container.RootElement.GetProperty("HostConfig"), config = container.RootElement.GetProperty("Config");
        Assert.Equal(("example.org", "web", node.Label), (Text(config, "Domainname"), Text(config.GetProperty("Labels"), "team"), Text(config.GetProperty("Labels"), "federation.node")));
        Assert.Equal((77L, 8L * 1024 * 1024, 300L, 200), (host.GetProperty("PidsLimit").GetInt64(), host.GetProperty("ShmSize").GetInt64(), host.GetProperty("CpuShares").GetInt64(), host.GetProperty("OomScoreAdj").GetInt32()));
        Assert.Equal(["no-new-privileges", "seccomp=unconfined"], host.GetProperty("SecurityOpt").EnumerateArray().Select(static option => option.GetString()));
        Assert.Equal(("1m", "3"), (Text(host.GetProperty("LogConfig").GetProperty("Config"), "max-size"), Text(host.GetProperty("LogConfig").GetProperty("Config"), "max-file")));
        Assert.Equal(123, host.GetProperty("Ulimits")[0].GetProperty("Soft").GetInt64());
        Assert.Contains("NET_ADMIN", host.GetProperty("CapAdd")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("size=4194304,mode=1777,noexec", Text(host.GetProperty("Tmpfs"), "/scratchpad"));
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync($"http://127.0.0.1:{published}/", Cancelled));
    }

    [Fact]
    public async Task Rights_OnTheMachine_AreOfferedOnlyWhereItsOwnerSaysSo()
    {
        await using ContainerNode closed = await NodeAsync();
        foreach (string right in new[] { Capability.Binds, Capability.Privileged, Capability.Devices, Capability.LinuxCapabilities, Capability.Confinement, Capability.VolumeDrivers, Capability.Runtimes, Capability.Tuning })
            Assert.DoesNotContain(right, closed.Host.Facts.Capabilities);
        Assert.Contains(Capability.FileTargets, closed.Host.Facts.Capabilities);
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await closed.ApplyAsync(1, order with { Template = order.Template with { Container = order.Template.Container! with { Binds = [new BindMount { Source = "/", Path = "/machine" }], Privileged = true } } });
        ClusterObservationSet seen = await closed.SeeAsync(static set => set.Replicas.Count > 0);
        Assert.Equal(
            (ReplicaState.BackOff, "its template needs privileged, binds, which this agent does not offer; nothing of it is started here: rights on a machine are its owner's to grant (Agent__MachineRights=true for its agent)"),
            (seen.Replicas[0].State, seen.Replicas[0].Message));
        Assert.Empty((await closed.Engine.GetAsync($"containers/json?all=true&filters={Uri.EscapeDataString($"{{\"label\":[\"federation.node={closed.Label}\"]}}")}")).RootElement.EnumerateArray());
    }

    [Fact]
    public async Task Rights_TakenAway_LeaveWhatRunsAndStartNothingMore()
    {
        bool granted = true;
        await using ContainerNode node = await NodeAsync(options => options with { MachineRights = granted });
        Assignment order = ContainerNode.Order("web", "while [ ! -f /machine/end ]; do sleep 0.1; done");
        order = order with { Template = order.Template with { Container = order.Template.Container! with { Binds = [new BindMount { Source = Directory.CreateDirectory(Path.Combine(node.Folder, "shown")).FullName, Path = "/machine" }] } } };
        await node.ApplyAsync(1, order);
        ReplicaObservation before = await node.SeeReadyAsync();
        await node.DieAsync();
        granted = false;
        await node.StartAsync();
        Assert.Equal((before.Id, 0), ((await node.SeeReadyAsync()).Id, (await node.SeeReadyAsync()).Restarts));
        // More of it is not begun, and says why beside the one that runs on.
        await node.ApplyAsync(2, order with { Replicas = 2 });
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Count == 2);
        Assert.Single(seen.Replicas, static replica => replica.State == ReplicaState.Ready);
        Assert.Single(seen.Replicas, static replica => replica.State == ReplicaState.BackOff && replica.Message!.StartsWith("its template needs binds", StringComparison.Ordinal));
        // Nor is what has ended begun again.
        await File.WriteAllTextAsync(Path.Combine(node.Folder, "shown", "end"), "", Cancelled);
        await node.SeeAsync(set => set.Replicas.Any(replica => replica.Id == before.Id && replica.State == ReplicaState.BackOff && replica.Message?.StartsWith("its template needs binds", StringComparison.Ordinal) == true));
        await node.DieAsync();
        granted = true;
        File.Delete(Path.Combine(node.Folder, "shown", "end"));
        await node.StartAsync();
        await node.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
    }

    [Fact]
    public async Task Start_OfAHardenedContainer_NeedsNoRight()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Container = order.Template.Container! with { CapDrop = ["ALL"], CapAdd = ["net_bind_service", "CAP_CHOWN"], SecurityOptions = ["no-new-privileges:true"] } } });
        (_, string inside) = await node.RunInsideAsync((await node.SeeReadyAsync()).Id, "grep -E 'CapBnd|NoNewPrivs' /proc/1/status");
        // CHOWN is the first bit, NET_BIND_SERVICE the eleventh.
        Assert.Equal(["CapBnd: 0000000000000401", "NoNewPrivs: 1"], inside.Replace("\t", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Volume_OutlivesItsReplicas()
    {
        await using ContainerNode node = await NodeAsync();
        // Seen at two paths it is one volume, and the variable names the first.
        Assignment order = ContainerNode.Order("db", "echo run >> $FEDERATION_VOLUME_DATA/runs; echo no >> /shown/runs; cat /shown/runs; exit 1");
        await node.ApplyAsync(1, order with { Template = order.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }, new VolumeReference { Name = "data", Path = "/shown", ReadOnly = true }] } });
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ Restarts: >= 1, State: ReplicaState.BackOff }]);
        Assert.Contains("run\nrun\n", await node.OutputAsync(seen.Replicas[0].Id, "run\nrun\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_OfBothStreams_IsReadAsAProcessesIs()
    {
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "echo out $FEDERATION_REPLICA; echo err >&2; echo last; [ -f /tmp/again ] || exit 1; sleep 600"));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ Restarts: >= 1 }]);
        ReplicaObservation replica = seen.Replicas[0];
        // The engine keeps the order of each stream, and none between the two.
        string[] each = ["err", "last", $"out {replica.Id}"];
        string[] lines = (await node.OutputAsync(replica.Id, static text => text.Split("last\n").Length > 2)).Split('\n');
        Assert.Equal(each, lines.Take(3).Order(StringComparer.Ordinal));
        Assert.True(Array.IndexOf(lines, each[2]) < Array.IndexOf(lines, "last"));
        List<string> previous = [];
        await foreach (WrittenLine line in node.Host.Logs.ReadAsync(replica.Id, new LogQuery(false, 3, null, Previous: true), Cancelled)) previous.Add(line.Text);
        Assert.Equal(each, previous.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Output_OfALineThatTheEngineTellsInParts_IsOneLine()
    {
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "for i in 1 2 3 4 5; do head -c 60000 /dev/zero | tr '\\0' x; echo; done; echo next; sleep 600"));
        string[] lines = (await node.OutputAsync((await node.SeeReadyAsync()).Id, "next\n")).Split('\n');
        Assert.Equal([.. Enumerable.Repeat(new string('x', 60_000), 5), "next", ""], lines);
    }

    [Fact]
    public async Task Output_WhileTheAgentIsDead_IsThereAtItsReturnOnce()
    {
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.05; done"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        await node.OutputAsync(replica.Id, "line 5\n");
        await node.DieAsync();
        using (JsonDocument running = await node.InspectAsync(replica.Id)) Assert.True(running.RootElement.GetProperty("State").GetProperty("Running").GetBoolean());
        await node.WrittenAsync(replica.Id, "line 15\n");
        await node.StartAsync();
        string text = await node.OutputAsync(replica.Id, "line 40\n");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(static number => $"line {number}"), lines);
        Assert.Equal((replica.Id, 0), ((await node.SeeReadyAsync()).Id, (await node.SeeReadyAsync()).Restarts));
    }

    [Fact]
    public async Task Command_WithInputAndWithATerminal_IsSpokenWith()
    {
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "sleep 600"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        await using (IReplicaCommand command = (await node.Host.RunCommandAsync(replica.Id, ["/bin/sh", "-c", "cat; echo bad >&2; exit 5"], null, input: true, Cancelled))!)
        {
            await command.WriteAsync("typed\n"u8.ToArray(), Cancelled);
            await command.EndInputAsync(Cancelled);
            Assert.Equal(("typed\n", "bad\n"), await ReadAsync(command));
            Assert.Equal(5, await command.WaitAsync(Cancelled));
        }
        await using (IReplicaCommand command = (await node.Host.RunCommandAsync(replica.Id, ["/bin/sh", "-c", "read line; stty size; echo got $line"], new CommandTerminal(77, 33), input: true, Cancelled))!)
        {
            await command.WriteAsync("this\n"u8.ToArray(), Cancelled);
            (string screen, _) = await ReadAsync(command);
            Assert.Contains("33 77", screen, StringComparison.Ordinal);
            Assert.Contains("got this", screen, StringComparison.Ordinal);
        }
        // What is given up ends, though the engine itself cannot end it.
        await using (IReplicaCommand command = (await node.Host.RunCommandAsync(replica.Id, ["/bin/sleep", "4242"], null, input: false, Cancelled))!)
            await UntilAsync(async () => (await node.RunInsideAsync(replica.Id, "cat /proc/[0-9]*/cmdline")).Output.Contains("4242", StringComparison.Ordinal));
        await UntilAsync(async () => !(await node.RunInsideAsync(replica.Id, "cat /proc/[0-9]*/cmdline")).Output.Contains("/bin/sleep\0" + "4242", StringComparison.Ordinal));
        Assert.Null(await node.Host.RunCommandAsync(new("nobody-1"), ["/bin/true"], null, input: false, Cancelled));
    }

    [Fact]
    public async Task Network_IsANamespacesOwn()
    {
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "sleep 600"), ContainerNode.Order("api", "sleep 600"), ContainerNode.Order("spy", "sleep 600", tenant: "other"));
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 3);
        Dictionary<string, string> networks = [];
        foreach (ReplicaObservation replica in seen.Replicas)
        {
            using JsonDocument container = await node.InspectAsync(replica.Id);
            networks[replica.Workload.Name] = container.RootElement.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject().Single().Name;
        }
        Assert.Equal(networks["web"], networks["api"]);
        Assert.NotEqual(networks["web"], networks["spy"]);
        await node.ApplyAsync(2, ContainerNode.Order("web", "sleep 600"), ContainerNode.Order("api", "sleep 600"));
        await node.SeeAsync(static set => set.Replicas.Count == 2);
        using JsonDocument left = await node.Engine.GetAsync("networks");
        string[] names = [.. left.RootElement.EnumerateArray().Select(static network => Text(network, "Name"))];
        Assert.Contains(networks["web"], names);
        Assert.DoesNotContain(networks["spy"], names);
    }

    [Fact]
    public async Task Mesh_IsReachedAtTheMachinesAddressInTheNetwork()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        int port = ((IPEndPoint)proxy.LocalEndpoint).Port;
        Task<string> called = AnswerAsync(proxy);
        await using ContainerNode node = await NodeAsync(options => options with { ProxyPort = port, Proxy = (ReplicaRecord _, IPAddress gateway) => new UriBuilder("http", gateway.ToString(), port).Uri });
        await node.ApplyAsync(1, ContainerNode.Order("web", "sleep 600"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        (_, string answer) = await node.RunInsideAsync(replica.Id, "wget -q -O- http://api/hello");
        Assert.Equal("from the mesh", answer);
        Assert.StartsWith("GET http://api/hello", await called, StringComparison.Ordinal);
        // What runs on through the agent's death calls through the next one.
        await node.DieAsync();
        await node.StartAsync();
        Assert.Equal(replica.Id, (await node.SeeReadyAsync()).Id);
        called = AnswerAsync(proxy);
        (_, answer) = await node.RunInsideAsync(replica.Id, "wget -q -O- http://api/again");
        Assert.Equal("from the mesh", answer);
        Assert.StartsWith("GET http://api/again", await called, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mesh_InANetworkOfGivenRanges_IsReachedToo()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        int port = ((IPEndPoint)proxy.LocalEndpoint).Port;
        await using ContainerNode node = await NodeAsync(options => options with { ProxyPort = port, Proxy = (ReplicaRecord _, IPAddress gateway) => new UriBuilder("http", gateway.ToString(), port).Uri });
        Assignment order = ContainerNode.Order("web", "sleep 600");
        foreach ((int revision, AddressRange range) in ((int, AddressRange)[])[(1, new AddressRange { Subnet = "10.77.8.0/24" }), (3, new AddressRange { Subnet = "10.77.9.0/24", Pool = "10.77.9.128/25" })])
        {
            await node.ApplyAsync(revision, order with { Template = order.Template with { Container = order.Template.Container! with { Networks = [new NetworkAttachment { Name = $"own{revision}", Ranges = [range] }] } } });
            Task<string> called = AnswerAsync(proxy);
            (_, string answer) = await node.RunInsideAsync((await node.SeeReadyAsync()).Id, "wget -q -O- http://api/hello");
            Assert.Equal("from the mesh", answer);
            Assert.StartsWith("GET http://api/hello", await called, StringComparison.Ordinal);
            await node.ApplyAsync(revision + 1);
            await node.SeeAsync(static set => set.Replicas.Count == 0);
        }
    }

    [Fact]
    public async Task Strangers_AreNeverTouched()
    {
        DockerEngine engine = await shared.GetAsync();
        await engine.SendAsync(HttpMethod.Post, "containers/create?name=stranger", new { DockerEngine.Image, Cmd = new[] { "/bin/sleep", "600" }, HostConfig = new { NetworkMode = "none" }, Labels = new Dictionary<string, string> { ["federation.replica"] = "web-1" } });
        await engine.SendAsync(HttpMethod.Post, "containers/stranger/start");
        await using ContainerNode node = await NodeAsync();
        await node.ApplyAsync(1, ContainerNode.Order("web", "sleep 600"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        // One in the place of ours: nothing is started over it.
        string ours = EngineNames.Container(node.Label, replica.Id.Value);
        await engine.SendAsync(HttpMethod.Delete, $"containers/{ours}?force=true");
        await engine.SendAsync(HttpMethod.Post, $"containers/create?name={ours}", new { DockerEngine.Image, HostConfig = new { NetworkMode = "none" } });
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.BackOff, Message: { } message }] && message.Contains("not this agent's", StringComparison.Ordinal));
        Assert.Contains(ours, seen.Replicas[0].Message, StringComparison.Ordinal);
        await engine.SendAsync(HttpMethod.Delete, $"containers/{ours}?force=true");
        ReplicaObservation again = await node.SeeReadyAsync();
        Assert.Equal(replica.Id, again.Id);
        await node.ApplyAsync(2);
        await node.SeeAsync(static set => set.Replicas.Count == 0);
        using JsonDocument stranger = await engine.GetAsync("containers/stranger/json");
        Assert.True(stranger.RootElement.GetProperty("State").GetProperty("Running").GetBoolean());
        await engine.SendAsync(HttpMethod.Delete, "containers/stranger?force=true");
    }

    [Fact]
    public async Task Stop_StubbornProgram_IsEndedAfterItsGrace()
    {
        await using ContainerNode node = await NodeAsync();
        Assignment order = ContainerNode.Order("web", "trap 'echo asked' QUIT; while :; do sleep 0.05; done");
        await node.ApplyAsync(1, order with { Template = order.Template with { Container = order.Template.Container! with { StopSignal = "SIGQUIT" } } });
        ReplicaObservation replica = await node.SeeReadyAsync();
        await node.ApplyAsync(2);
        await node.SeeAsync(static set => set.Replicas.Count == 0);
        Assert.Contains("asked\n", await node.OutputAsync(replica.Id, "asked\n"), StringComparison.Ordinal);
    }

    private async Task<ContainerNode> NodeAsync(Func<ContainerHostOptions, ContainerHostOptions>? with = null) => await ContainerNode.StartedAsync(await shared.GetAsync(), with);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static async Task<(string Output, string Error)> ReadAsync(IReplicaCommand command)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        await command.CopyOutputAsync((bad, piece, _) =>
        {
            (bad ? error : output).Append(Encoding.UTF8.GetString(piece.Span));
            return ValueTask.CompletedTask;
        }, Cancelled);
        return (output.ToString(), error.ToString());
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds()) await Task.Delay(50, limit.Token);
    }

    private static async Task<string> AnswerAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancelled);
        NetworkStream stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string first = await reader.ReadLineAsync(Cancelled) ?? "";
        while (await reader.ReadLineAsync(Cancelled) is { Length: > 0 })
        {
        }
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\nfrom the mesh"u8.ToArray(), Cancelled);
        return first;
    }
}
