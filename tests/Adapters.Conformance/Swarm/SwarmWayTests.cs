using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Federation.Adapters;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Swarm.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Connecting;
using Federation.Engine.Containers;
using Federation.Engine.Events;
using Federation.Engine.Streams;
using Federation.TestKit.Engine;

namespace Adapters.Conformance.Swarm;

/// <summary>What of a swarm depends on the way to its manager and is no order: output, commands, and connections that break or fall silent.</summary>
public sealed class SwarmWayTests(SharedSwarm shared) : AdapterConformance
{
    private const int SilentPort = 9376;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected override async Task<AdapterUnderTest> OpenAsync() => await SwarmUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Tcp);

    [Theory]
    [InlineData(EngineWay.Socket)]
    [InlineData(EngineWay.Tcp)]
    public async Task Task_OnEitherWay_TellsItsOutput_AndTakesInput(EngineWay way)
    {
        SwarmBed bed = await shared.GetAsync();
        await using SwarmUnderTest adapter = await SwarmUnderTest.OpenAsync(bed, way);
        WorkloadTemplate talking = adapter.Serving("one") with { Container = new ContainerTemplate { Command = ["/bin/sh", "-c", "echo begun; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo told; exec httpd -f -p $PORT -h /www"] } };
        await ApplyAsync(adapter, 1, 1, adapter.Order("web", 1, talking, "r1"));
        ClusterObservationSet seen = await SeeAsync(adapter, static set => set.Replicas is [{ State: ReplicaState.Starting, Running: true }]);
        TaskPlace place = await PlaceAsync(adapter, seen.Replicas[0].Id);
        using var manager = new EngineClient(bed.Manager.Reach(way), TimeProvider.System);
        var output = new StringBuilder();
        await foreach (OutputPiece piece in manager.TaskLogsAsync(seen.Replicas[0].Id.Value, new LogRequest { Follow = true }, tty: false, Cancelled))
        {
            if (output.Length == 0) Assert.Equal("this is the input\n", await RunAsync(manager, place.Container, "cat; touch /tmp/go", "this is the input\n"));
            output.Append(Encoding.UTF8.GetString(piece.Content.Span));
            if (output.ToString() == "begun\ntold\n") break;
        }
        await SeeAsync(adapter, static set => Ready(set, "r1") == 1);
    }

    [Fact]
    public async Task Orders_WhileConnectionsAreCut_AreCarriedOutOnce()
    {
        SwarmBed bed = await shared.GetAsync();
        var relay = new EngineRelay(bed.Manager.TcpAddress);
        // The first ones do not even say hello, and each lives somewhat longer than the one before it: in some, what was asked for is done, and nobody is told.
        relay.CutAfter(static cuts => (long)(1000 * Math.Pow(1.2, cuts)));
        await using SwarmUnderTest adapter = await SwarmUnderTest.OpenAsync(bed, bed.Manager.Reach(EngineWay.Tcp) with { Address = EngineAddress.Parse(relay.TcpAddress), Patience = TimeSpan.FromSeconds(10) }, relay);
        Assignment order = adapter.Order("web", 2, adapter.Serving("one"), "r1");
        await UntilTakenAsync(() => ApplyAsync(adapter, 1, 1, order));
        await SeeAsync(adapter, static set => Ready(set, "r1") == 2 && set.Nodes[0].AppliedRevision == 1);
        int cuts = relay.Cuts;
        Assert.True(cuts >= 10, $"only {cuts} were cut");
        Assert.Equal(1, await ServicesAsync(bed, adapter));
        Assert.Equal(2, adapter.Processes().Count);
        // And whatever is open while another revision takes over.
        await ApplyAsync(adapter, 1, 2, order with { Template = adapter.Serving("two"), Revision = new("r2"), Surge = 1, Generation = 2 });
        await SeeAsync(adapter, set =>
        {
            relay.Cut();
            Assert.True(set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) >= 2, "a ready replica was given up before its successor was ready");
            Assert.True(set.Replicas.Count(static replica => replica.Running) <= 3, "more ran than replicas and surge");
            return Ready(set, "r2") == 2 && set.Replicas.Count == 2;
        });
        Assert.True(relay.Cuts > cuts);
        relay.CutAfter(null);
    }

    [Fact]
    public async Task Events_OfAManagerThatFallsSilent_EndWithinHalfAMinute()
    {
        SwarmBed bed = await shared.GetAsync();
        EngineMachine machine = bed.Manager.Machine!;
        // Another port of the manager, so that all others are heard.
        await FilterAsync(machine, "nat", "PREROUTING", "REDIRECT", "--to-ports", "2376");
        EngineClientOptions reach = bed.Manager.Reach(EngineWay.Tcp) with { Address = EngineAddress.Parse($"tcp://{machine.Address}:{SilentPort}") };
        using var client = new EngineClient(reach, TimeProvider.System);
        using EventStream events = await client.OpenEventsAsync(null, [("label", "test=nobody")], Cancelled);
        await FilterAsync(machine, "mangle", "PREROUTING", "DROP");
        await FilterAsync(machine, "mangle", "POSTROUTING", "DROP");
        // After 25 s, by the kernel's own clock: twice that, for a machine that is busy.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(50));
        await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await foreach (EngineEvent _ in events.ReadAsync(limit.Token)) { }
        });
        using var impatient = new EngineClient(reach with { Patience = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        EngineException silent = await Assert.ThrowsAsync<EngineException>(() => impatient.NegotiateAsync(Cancelled));
        Assert.Equal($"the engine at tcp://{machine.Address}:{SilentPort} does not answer within 2 s", silent.Message);
    }

    private static async Task FilterAsync(EngineMachine machine, string table, string chain, params string[] target)
    {
        using Process process = Process.Start("nsenter", [$"--net=/run/netns/{machine.Namespace}", "iptables", "-w", "-t", table, "-A", chain, "-p", "tcp", "-m", "conntrack", "--ctorigdstport", $"{SilentPort}", "-j", .. target]);
        await process.WaitForExitAsync(Cancelled);
        Assert.Equal(0, process.ExitCode);
    }

    // Orders are taken once the swarm has told its term.
    private static async Task UntilTakenAsync(Func<Task> apply)
    {
        while (true)
        {
            try
            {
                await apply();
                return;
            }
            catch (EngineException)
            {
                Cancelled.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task<TaskPlace> PlaceAsync(SwarmUnderTest adapter, ReplicaId replica)
    {
        while (true)
        {
            if (adapter.Reconciler.PlaceOf(replica) is { } place) return place;
            await Task.Delay(50, Cancelled);
        }
    }

    private static async Task<string> RunAsync(EngineClient manager, string container, string script, string input)
    {
        await using IReplicaCommand command = await ContainerExec.BeginAsync(manager, container, ["/bin/sh", "-c", script], null, input: true, TimeProvider.System, Cancelled);
        var output = new StringBuilder();
        await command.WriteAsync(Encoding.UTF8.GetBytes(input), Cancelled);
        await command.EndInputAsync(Cancelled);
        await command.CopyOutputAsync((_, piece, _) =>
        {
            output.Append(Encoding.UTF8.GetString(piece.Span));
            return ValueTask.CompletedTask;
        }, Cancelled);
        Assert.Equal(0, await command.WaitAsync(Cancelled));
        return output.ToString();
    }

    private static async Task<int> ServicesAsync(SwarmBed bed, SwarmUnderTest adapter)
    {
        using JsonDocument services = await bed.Manager.GetAsync($"services?filters={Uri.EscapeDataString($"{{\"label\":[\"federation.cluster={adapter.Cluster}\"]}}")}");
        return services.RootElement.GetArrayLength();
    }
}
