using System.Diagnostics;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Tests.Processes;

public sealed class ProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Environment_IsWhatWasPromisedAndNothingElse()
    {
        Environment.SetEnvironmentVariable("AGENT_ONLY", "not for replicas");
        await using RealNode node = await RealNode.StartedAsync(static options => options with
        {
            ProgramPath = "/opt/programs",
            Proxy = static _ => new Uri("http://user:word@127.0.0.1:1234"),
        });
        Assignment order = RealNode.Order("web", "env; echo done; exec sleep 600");
        await node.ApplyAsync(1, order with
        {
            Template = order.Template with
            {
                Ports = [new PortTemplate { Name = "http", Protocol = PortProtocol.Tcp }, new PortTemplate { Name = "my-admin", Protocol = PortProtocol.Tcp }],
                Environment = new Dictionary<string, string> { ["ADDRESS"] = "127.0.0.1:$(PORT)", ["QUOTED"] = "it's $HOME `id` \"x\" $$(PORT) $(NONE)\nnext", ["BOTH"] = "template" },
                Process = order.Template.Process! with { Environment = new Dictionary<string, string> { ["BOTH"] = "process" } },
                Volumes = [new VolumeReference { Name = "my-data" }],
            },
        });
        ReplicaObservation replica = await node.SeeReadyAsync();
        string output = await node.OutputAsync(replica.Id, "done\n");
        int port = replica.Ports[0].Port;
        string[] names = [.. output.Split('\n').Where(static line => line.Contains('=')).Select(static line => line[..line.IndexOf('=')]).Where(static name => name is not ("DOTNET_ROOT" or "PWD")).Order(StringComparer.Ordinal)];
        Assert.Equal(
        [
            "ADDRESS", "BOTH", "FEDERATION_CLUSTER", "FEDERATION_CONFIGS", "FEDERATION_MARK", "FEDERATION_NAMESPACE", "FEDERATION_NODE", "FEDERATION_REPLICA",
            "FEDERATION_REVISION", "FEDERATION_SECRETS", "FEDERATION_TENANT", "FEDERATION_VOLUME_MY_DATA", "FEDERATION_WORKLOAD", "HOME", "HTTP_PROXY", "LANG",
            "NO_PROXY", "PATH", "PORT", "PORT_HTTP", "PORT_MY_ADMIN", "QUOTED", "http_proxy", "no_proxy",
        ], names);
        Assert.Contains($"ADDRESS=127.0.0.1:{port}\n", output, StringComparison.Ordinal);
        Assert.Contains($"PORT={port}\n", output, StringComparison.Ordinal);
        Assert.Contains("QUOTED=it's $HOME `id` \"x\" $(PORT) $(NONE)\nnext\n", output, StringComparison.Ordinal);
        Assert.Contains("BOTH=process\n", output, StringComparison.Ordinal);
        Assert.Contains("PATH=/opt/programs:/usr/local/sbin:", output, StringComparison.Ordinal);
        Assert.Contains("http_proxy=http://user:word@127.0.0.1:1234/\n", output, StringComparison.Ordinal);
        Assert.Contains($"FEDERATION_REPLICA={replica.Id}\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopped_ByASignal_IsUnreadyAndGoesOnWhenItIsTold()
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "exec sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Ports = [new PortTemplate { Name = "http", Protocol = PortProtocol.Tcp }] } });
        ReplicaObservation replica = await node.SeeReadyAsync();
        CancellationToken standstill = node.Reconciler.StandstillOf(replica.Id);
        string process = RealNode.ProcessOf(node.Folder, replica.Id).Process.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using (Process stop = Process.Start("kill", ["-STOP", process])) await stop.WaitForExitAsync(Cancelled);
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Unready }]);
        Assert.Contains("stopped by a signal", seen.Replicas[0].Message, StringComparison.Ordinal);
        Assert.True(standstill.IsCancellationRequested);
        using (Process goOn = Process.Start("kill", ["-CONT", process])) await goOn.WaitForExitAsync(Cancelled);
        ReplicaObservation again = await node.SeeReadyAsync();
        Assert.Equal((replica.Id, 0), (again.Id, again.Restarts));
    }

    [Fact]
    public async Task Arguments_AreExpandedAndPassedAsTheyAre()
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "");
        string script = "for a; do echo \"<$a>\"; done; exec sleep 600";
        await node.ApplyAsync(1, order with
        {
            Template = order.Template with
            {
                Ports = [new PortTemplate { Name = "http", Protocol = PortProtocol.Tcp }],
                Process = new ProcessTemplate { Command = "/bin/sh", Arguments = ["-c", script, "sh", "--port=$(PORT_HTTP)", "two words", "", "a'b\"c", "*"] },
            },
        });
        ReplicaObservation replica = await node.SeeReadyAsync();
        Assert.Equal($"<--port={replica.Ports[0].Port}>\n<two words>\n<>\n<a'b\"c>\n<*>\n", await node.OutputAsync(replica.Id, "<*>\n"));
    }

    [Fact]
    public async Task EndWatch_TellsOfEachEnd()
    {
        using var watch = new EndWatch();
        using var told = new SemaphoreSlim(0);
        watch.Tell(() => told.Release());
        for (int i = 0; i < 3; i++)
        {
            using var process = Process.Start("/bin/sleep", "600");
            int handle = Native.OpenProcess(process.Id);
            watch.Add(handle);
            process.Kill();
            Assert.True(await told.WaitAsync(TimeSpan.FromSeconds(60), Cancelled));
            watch.Drop(handle);
            Assert.Equal(0, Native.Close(handle));
            await process.WaitForExitAsync(Cancelled);
        }
        Assert.Equal(0, told.CurrentCount);
    }

    [Theory]
    [InlineData("no-such-program-anywhere", "exit code 127: 'no-such-program-anywhere' was not found, or a program that it needs")]
    [InlineData("/etc/passwd", "exit code 126: '/etc/passwd' may not be run, or its working folder not entered")]
    public async Task Start_OfAProgramThatCannotRun_SaysWhy(string command, string expected)
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "");
        await node.ApplyAsync(1, order with { Template = order.Template with { Process = new ProcessTemplate { Command = command } } });
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ LastEnd: not null }]);
        Assert.Equal(expected, seen.Replicas[0].LastEnd);
    }

    [Fact]
    public async Task End_IsNoticedSoon()
    {
        await using RealNode node = await RealNode.StartedAsync();
        await node.ApplyAsync(1, RealNode.Order("web", "exec sleep 600"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        var watch = Stopwatch.StartNew();
        Process.GetProcessById(RealNode.ProcessOf(node.Folder, replica.Id).Process).Kill();
        ClusterObservationSet seen = await node.SeeAsync(static set => set.Replicas is [{ LastEnd: not null }]);
        Assert.Equal("killed by signal 9", seen.Replicas[0].LastEnd);
        // A quarter of a second on a machine that is not busy.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2500);
    }

    [RootFact]
    public async Task Stop_EndsWhatTheProgramStartedAndSentAway()
    {
        await using RealNode node = await RealNode.StartedAsync();
        await node.ApplyAsync(1, RealNode.Order("web", "setsid sleep 601 & setsid sh -c 'sleep 602 & sleep 603' & sleep 600"));
        await node.SeeReadyAsync();
        await UntilAsync(() => RealNode.ProcessesOf(node.Folder).Count >= 5);
        await node.ApplyAsync(2);
        await node.SeeAsync(static set => set.Replicas.Count == 0);
        await UntilAsync(() => RealNode.ProcessesOf(node.Folder).Count == 0);
    }

    [Fact]
    public async Task Stop_OfAProgramThatIgnoresIt_KillsAfterTheGrace()
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "trap '' TERM; echo listening; while :; do sleep 0.2; done");
        await node.ApplyAsync(1, order with { Template = order.Template with { StopGraceSeconds = 1 } });
        await node.OutputAsync((await node.SeeReadyAsync()).Id, "listening");
        var watch = Stopwatch.StartNew();
        await node.ApplyAsync(2);
        await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Stopping }]);
        await node.SeeAsync(static set => set.Replicas.Count == 0);
        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(0.9), "it was killed before its grace was over");
    }

    [RootFact]
    public async Task Limits_AreSetAndUseIsRead()
    {
        await using RealNode node = await RealNode.StartedAsync();
        Assignment order = RealNode.Order("web", "while :; do :; done");
        await node.ApplyAsync(1, order with { Template = order.Template with { Resources = new ResourceRequirements { CpuLimit = new(200), MemoryLimit = new(64L << 20) } } });
        ReplicaId id = (await node.SeeReadyAsync()).Id;
        Assert.SkipUnless(node.Host.Facts.Capabilities.Contains(Capability.CpuLimit), "this machine cannot enforce CPU limits");
        TimeSpan used = node.Host.UsageOf(id).Cpu;
        var watch = Stopwatch.StartNew();
        await UntilAsync(() => watch.Elapsed >= TimeSpan.FromSeconds(2));
        Assert.InRange((node.Host.UsageOf(id).Cpu - used) / watch.Elapsed, 0.0001, 0.3);
        Assert.InRange(node.Host.UsageOf(id).MemoryBytes, 1, 64L << 20);
    }

    [RootFact]
    public async Task Groups_WeighWhatIsPromised_TheReplicasTheNodesAndTheMachines()
    {
        await using RealNode node = await RealNode.StartedAsync(static options => options with { Allocatable = new(3000) });
        Assert.SkipUnless(node.Host.Facts.Capabilities.Contains(Capability.CpuLimit), "this machine has no control groups that the test may write");
        Assignment order = RealNode.Order("web", "exec sleep 600");
        await node.ApplyAsync(1, order with { Template = order.Template with { Resources = new ResourceRequirements { Cpu = new(500) } } });
        ReplicaId id = (await node.SeeReadyAsync()).Id;
        (int code, string weights) = await node.RunBesideAsync(id,
            """
            while IFS=: read -r _ controllers path; do
              case ,$controllers, in
                *,cpu,*) cd "/sys/fs/cgroup/$controllers$path" && cat cpu.shares ../cpu.shares ../../cpu.shares && exit ;;
                ,,) cd "/sys/fs/cgroup$path" 2>/dev/null && [ -f cpu.weight ] && cat cpu.weight ../cpu.weight ../../cpu.weight && exit ;;
              esac
            done </proc/self/cgroup
            """);
        Assert.Equal(0, code);
        int cpus = Environment.ProcessorCount;
        Assert.Contains(weights.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray(), (int[][])[[512, 3072, cpus * 1024], [50, 300, cpus * 100]]);
    }

    [Fact]
    public async Task Output_ThatGrows_IsRotatedAndReadAcrossFiles()
    {
        await using RealNode node = await RealNode.StartedAsync(static options => options with { LogBytes = 20_000 });
        await node.ApplyAsync(1, RealNode.Order("web",
            // Each thousand lines in one write, and the next when the file is cut: what is written while a file is cut may be lost.
            "exec 3>&1; for i in 0 1 2 3; do seq -f 'line %.0f of many, to fill the file' $((i*1000+1)) $((i*1000+1000)) | dd bs=1M iflag=fullblock status=none; until [ $(stat -Lc %s /proc/self/fd/3) -lt 20000 ]; do sleep 0.1; done; done; echo end; exec sleep 600"));
        ReplicaId id = (await node.SeeReadyAsync()).Id;
        string path = Path.Combine(node.Folder, "logs", $"{id}.log");
        string[] followed = await CollectAsync(node, id, new LogQuery(Follow: true, null, null), "end");
        Assert.Contains("line 4000 of many, to fill the file", followed);
        await UntilAsync(() => File.Exists(path + ".2"));
        Assert.False(File.Exists(path + ".3"));
        string[] tail = await CollectAsync(node, id, new LogQuery(false, 1500, null), null);
        Assert.Equal(Enumerable.Range(2502, 1499).Select(static i => $"line {i} of many, to fill the file").Append("end"), tail);
        // When the last of it was written is noted within a second or so.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await CollectAsync(node, id, new LogQuery(false, null, DateTimeOffset.UtcNow.AddMinutes(1)), null)).Length > 0) await Task.Delay(50, limit.Token);
    }

    private static async Task<string[]> CollectAsync(RealNode node, ReplicaId id, LogQuery query, string? last)
    {
        var all = new List<string>();
        await foreach (WrittenLine line in node.Host.Logs.ReadAsync(id, query, Cancelled))
        {
            all.Add(line.Text);
            if (line.Text == last) break;
        }
        return [.. all];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(30, limit.Token);
    }
}
