using System.Diagnostics;
using System.Globalization;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Node.Tests.Processes;

/// <summary>The agent and the small parents die by kill -9, in the combinations that matter.</summary>
public sealed class AgentDeathTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-node-").FullName;

    public async ValueTask DisposeAsync()
    {
        var node = new RealNode(_folder);
        await node.StartAsync();
        await node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(RealNode.RuntimeOf(_folder), recursive: true);
    }

    [RootFact]
    public async Task Kill_OfTheAgent_IsNotNoticedByReplicas()
    {
        NodeProcess.Order(_folder, RealNode.Order("web", "sleep 600", replicas: 3));
        IReadOnlyList<ReplicaObservation> before;
        using (NodeProcess agent = NodeProcess.Start(_folder))
        {
            before = await NodeProcess.SeeAsync(_folder, static replicas => replicas.Count(static replica => replica.State == ReplicaState.Ready) == 3);
            agent.Kill();
        }
        int[] processes = [.. before.Select(replica => RealNode.ProcessOf(_folder, replica.Id).Process)];
        Assert.All(processes, static process => Assert.True(IsAlive(process)));
        using (NodeProcess.Start(_folder))
        {
            IReadOnlyList<ReplicaObservation> after = await NodeProcess.SeeAsync(_folder, static replicas => replicas.Count == 3);
            Assert.Equal(before.Select(static replica => (replica.Id, replica.State, replica.Restarts)), after.Select(static replica => (replica.Id, replica.State, replica.Restarts)));
            Assert.Equal(processes, after.Select(replica => RealNode.ProcessOf(_folder, replica.Id).Process));
            Assert.All(processes, static process => Assert.True(IsAlive(process)));
        }
    }

    [RootFact]
    public async Task End_WhileTheAgentIsDead_IsKnownOnItsReturn()
    {
        NodeProcess.Order(_folder, RealNode.Order("web", "trap 'exit 7' USR1; while :; do sleep 0.1; done"));
        ReplicaId id;
        using (NodeProcess agent = NodeProcess.Start(_folder))
        {
            id = (await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready }]))[0].Id;
            agent.Kill();
        }
        int process = RealNode.ProcessOf(_folder, id).Process;
        using (Process signal = Process.Start("kill", ["-USR1", process.ToString(CultureInfo.InvariantCulture)])) await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        await GoneAsync(process);
        using (NodeProcess.Start(_folder))
        {
            ReplicaObservation after = (await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready, Restarts: 1 }]))[0];
            Assert.Equal(id, after.Id);
            Assert.Equal("exit code 7", after.LastEnd);
        }
    }

    [RootFact]
    public async Task Lease_ThatEndsWithTheAgentDead_EndsTheSingletonAlone()
    {
        NodeProcess.Order(_folder, RealNode.Order("one", "sleep 600 & sleep 600") with { Singleton = true }, RealNode.Order("many", "exec sleep 600"));
        ReplicaId one, many;
        using (NodeProcess agent = NodeProcess.Start(_folder))
        {
            IReadOnlyList<ReplicaObservation> seen = await NodeProcess.SeeAsync(_folder, static replicas => replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
            one = seen.Single(static replica => replica.Workload.Name == "one").Id;
            many = seen.Single(static replica => replica.Workload.Name == "many").Id;
            agent.Kill();
        }
        await GoneAsync(RealNode.ProcessOf(_folder, one).Process);
        int left = RealNode.ProcessOf(_folder, many).Process;
        await UntilAsync(() => RealNode.ProcessesOf(_folder).SequenceEqual([left]));
        using (NodeProcess.Start(_folder))
        {
            IReadOnlyList<ReplicaObservation> after = await NodeProcess.SeeAsync(_folder, replicas => replicas.Any(replica => replica.Id == one && replica.State == ReplicaState.Ready));
            Assert.Equal("stopped: the node's lease had ended", after.Single(replica => replica.Id == one).LastEnd);
            Assert.Equal(0, after.Single(replica => replica.Id == many).Restarts);
        }
    }

    /// <summary>The parent sees the first of them end and has still to end the others, whoever of it began with that.</summary>
    [RootFact]
    public async Task Lease_ThatEndsWithTheAgentDead_EndsEveryProcessOfASingleton()
    {
        NodeProcess.Order(_folder, RealNode.Order("one", "for i in $(seq 200); do sleep 600 & done; wait") with { Singleton = true });
        using (NodeProcess agent = NodeProcess.Start(_folder))
        {
            await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready }]);
            await UntilAsync(() => RealNode.ProcessesOf(_folder).Count > 200);
            agent.Kill();
        }
        await UntilAsync(() => RealNode.ProcessesOf(_folder).Count == 0);
    }

    [RootFact]
    public async Task End_OfASingletonWhileTheAgentIsDead_LeavesNothingOfItBehind()
    {
        NodeProcess.Order(_folder, RealNode.Order("one", "sleep 600 & trap 'exit 7' USR1; while :; do sleep 0.1; done") with { Singleton = true });
        ReplicaId id;
        using (NodeProcess agent = NodeProcess.Start(_folder))
        {
            id = (await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready }]))[0].Id;
            agent.Kill();
        }
        using (Process signal = Process.Start("kill", ["-USR1", RealNode.ProcessOf(_folder, id).Process.ToString(CultureInfo.InvariantCulture)])) await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => RealNode.ProcessesOf(_folder).Count == 0);
    }

    [RootFact]
    public async Task Kill_OfAParent_LeavesItsProcessAndNeverMakesTwo()
    {
        NodeProcess.Order(_folder, RealNode.Order("web", "exec sleep 600"));
        using NodeProcess agent = NodeProcess.Start(_folder);
        ReplicaId id = (await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready }]))[0].Id;
        (int process, int parent) = RealNode.ProcessOf(_folder, id);
        Process.GetProcessById(parent).Kill();
        await GoneAsync(parent);
        // The agent dies and returns as well: the orphan is still known.
        agent.Kill();
        using NodeProcess next = NodeProcess.Start(_folder);
        await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready, Restarts: 0 }]);
        Assert.Equal([process], RealNode.ProcessesOf(_folder));
        Process.GetProcessById(process).Kill();
        IReadOnlyList<ReplicaObservation> after = await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready, Restarts: 1 }]);
        Assert.Equal("ended, and nobody saw how: its parent had been killed", after[0].LastEnd);
        // While a process turns into its program, the kernel shows no environment of it.
        await UntilAsync(() => RealNode.ProcessesOf(_folder).Count == 1);
    }

    [RootFact]
    public async Task Kill_OfASingletonsParent_EndsItAndStartsItOnce()
    {
        NodeProcess.Order(_folder, RealNode.Order("one", "exec sleep 600") with { Singleton = true });
        using NodeProcess agent = NodeProcess.Start(_folder);
        ReplicaId id = (await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready }]))[0].Id;
        (int process, int parent) = RealNode.ProcessOf(_folder, id);
        Process.GetProcessById(parent).Kill();
        await NodeProcess.SeeAsync(_folder, static replicas => replicas is [{ State: ReplicaState.Ready, Restarts: 1 }]);
        await UntilAsync(() => RealNode.ProcessesOf(_folder) is [var only] && only != process);
    }

    private static Task GoneAsync(int process) => UntilAsync(() => !IsAlive(process));

    // A zombie that nobody has buried yet is gone as well.
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

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
