using System.Globalization;
using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Engine;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>What becomes of containers when the engine dies, or the agent, or both. Each test has an engine of its own.</summary>
public sealed class EngineDeathTests
{
    [Fact]
    public async Task EngineWithLiveRestore_DiesAndReturns_ReplicasNoticeNothing()
    {
        await using DockerEngine engine = await EngineAsync("--live-restore");
        await using ContainerNode node = await ContainerNode.StartedAsync(engine);
        await node.ApplyAsync(1, ContainerNode.Order("web", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        int process = await ProcessAsync(node, replica);
        await engine.StopDaemonAsync(byForce: true);
        // The engine is silent: nothing is concluded, nothing new is started, and the order stands.
        Assignment more = ContainerNode.Order("more", "sleep 600");
        await node.ApplyAsync(2, ContainerNode.Order("web", "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done"), more);
        ClusterObservationSet silent = await node.SeeAsync(static set => set.Replicas.Any(static other => other.Workload.Name == "more" && other is { State: ReplicaState.BackOff, Message: not null }));
        Assert.Contains("engine", silent.Replicas.Single(static other => other.Workload.Name == "more").Message, StringComparison.Ordinal);
        Assert.Equal(ReplicaState.Ready, silent.Replicas.Single(other => other.Id == replica.Id).State);
        // The agent dies too, and returns before the engine does.
        await node.DieAsync();
        await node.StartAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal(ReplicaState.Ready, node.Reconciler.Current.Replicas.Single(other => other.Id == replica.Id).State);
        await engine.StartDaemonAsync();
        ClusterObservationSet after = await node.SeeAsync(static set => set.Replicas.Count(static other => other.State == ReplicaState.Ready) == 2);
        Assert.Equal(0, after.Replicas.Single(other => other.Id == replica.Id).Restarts);
        Assert.Equal(process, await ProcessAsync(node, replica));
        await node.OutputAsync(replica.Id, "line 30\n");
        // Its end is seen as before.
        await node.RunInsideAsync(replica.Id, "kill -9 1; kill -TERM 1; exit 0");
        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("/bin/kill", ["-9", process.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        ClusterObservationSet again = await node.SeeAsync(set => set.Replicas.Any(other => other.Id == replica.Id && other is { Restarts: 1, State: ReplicaState.Ready }));
        Assert.Equal("killed by signal 9", again.Replicas.Single(other => other.Id == replica.Id).LastEnd);
    }

    [Fact]
    public async Task EngineWithoutLiveRestore_Restarts_ReplicasAreStartedAgain()
    {
        await using DockerEngine engine = await EngineAsync();
        await using ContainerNode node = await ContainerNode.StartedAsync(engine);
        await node.ApplyAsync(1, ContainerNode.Order("web", "sleep 600"));
        ReplicaObservation replica = await node.SeeReadyAsync();
        await engine.StopDaemonAsync();
        await engine.StartDaemonAsync();
        ClusterObservationSet after = await node.SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Ready, Restarts: >= 1 }]);
        Assert.Equal(replica.Id, after.Replicas[0].Id);
    }

    [Fact]
    public async Task WhatHasEnded_WithTheAgentAwayOrBeforeTheEngineRestarts_IsNotBegunAgain()
    {
        await using DockerEngine engine = await EngineAsync();
        await using ContainerNode node = await ContainerNode.StartedAsync(engine);
        Assignment before = Ending("before", "echo done; exit 0"), away = Ending("away", "while ! test -e /tmp/go; do sleep 0.1; done; echo done; exit 0"), broken = Ending("broken", "trap 'exit 9' TERM; sleep 600 & wait");
        await node.ApplyAsync(1, before, away, broken);
        ClusterObservationSet seen = await node.SeeAsync(static set => Of(set, "before")?.Succeeded == true && Of(set, "away")?.State == ReplicaState.Ready && Of(set, "broken")?.State == ReplicaState.Ready);
        string[] ids = [.. seen.Replicas.Select(static replica => replica.Id.Value)];
        string container = EngineNameOf(node, Of(seen, "away")!);
        // It ends while nobody looks.
        await node.DieAsync();
        using (JsonDocument details = await engine.GetAsync($"containers/{container}/json"))
            await File.WriteAllTextAsync($"/proc/{details.RootElement.GetProperty("State").GetProperty("Pid").GetInt32()}/root/tmp/go", "", TestContext.Current.CancellationToken);
        await node.WrittenAsync(Of(seen, "away")!.Id, "done");
        await node.StartAsync();
        await node.SeeAsync(static set => Of(set, "away") is { State: ReplicaState.Ended, Succeeded: true });
        // What the engine's end takes along has failed; what ended before it stays as it ended.
        await engine.StopDaemonAsync(byForce: true);
        await engine.StartDaemonAsync();
        seen = await node.SeeAsync(static set => Of(set, "broken")?.State == ReplicaState.Ended);
        Assert.Equal(((bool?)true, (bool?)true, (bool?)false), (Of(seen, "before")?.Succeeded, Of(seen, "away")?.Succeeded, Of(seen, "broken")?.Succeeded));
        Assert.Equal(ids, seen.Replicas.Select(static replica => replica.Id.Value));
        Assert.All(seen.Replicas, static replica => Assert.Equal(0, replica.Restarts));
        await node.OutputAsync(Of(seen, "before")!.Id, "done\n");
    }

    private static Assignment Ending(string workload, string script)
    {
        Assignment order = ContainerNode.Order(workload, script);
        return order with { Template = order.Template with { Restart = new RestartPolicy { Condition = RestartCondition.Never } } };
    }

    private static ReplicaObservation? Of(ClusterObservationSet set, string workload) => set.Replicas.FirstOrDefault(replica => replica.Workload.Name == workload);

    private static string EngineNameOf(ContainerNode node, ReplicaObservation replica) => Adapters.Node.Containers.EngineNames.Container(node.Label, replica.Id.Value);

    [Fact]
    public async Task Singleton_WhoseAgentIsDead_EndsWithItsLease()
    {
        await using DockerEngine engine = await EngineAsync("--live-restore");
        await using ContainerNode node = await ContainerNode.StartedAsync(engine);
        Grant(node, TimeSpan.FromSeconds(60));
        Assignment order = ContainerNode.Order("db", "exec env -i /bin/sleep 600") with { Singleton = true };
        node.Reconciler.FreshOrdersWanted = () => node.Reconciler.OrdersConfirmed(TimeProvider.System.GetTimestamp());
        await node.ApplyAsync(1, order);
        ReplicaObservation replica = await node.SeeReadyAsync();
        int process = await ProcessAsync(node, replica);
        // The lease is short from here on, the agent dies, and so does the engine: the guard alone is left.
        node.Host.AllowSingletonsFor(TimeSpan.FromSeconds(4));
        await node.DieAsync();
        node.Host.AllowSingletonsFor(TimeSpan.FromSeconds(2));
        await engine.StopDaemonAsync(byForce: true);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (IsAlive(process)) await Task.Delay(50, limit.Token);
        await engine.StartDaemonAsync();
        await node.StartAsync();
        ClusterObservationSet after = await node.SeeAsync(static set => set.Replicas is [{ State: not ReplicaState.Ready, LastEnd: not null }]);
        Assert.Equal("stopped: the node's lease had ended", after.Replicas[0].LastEnd);
    }

    private static async Task<DockerEngine> EngineAsync(params string[] more)
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        return await DockerEngine.StartAsync(more);
    }

    private static void Grant(ContainerNode node, TimeSpan duration) => node.Lease.Granted(node.Lease.BeginRenewal(), duration);

    private static async Task<int> ProcessAsync(ContainerNode node, ReplicaObservation replica)
    {
        using JsonDocument container = await node.InspectAsync(replica.Id);
        return container.RootElement.GetProperty("State").GetProperty("Pid").GetInt32();
    }

    private static bool IsAlive(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
