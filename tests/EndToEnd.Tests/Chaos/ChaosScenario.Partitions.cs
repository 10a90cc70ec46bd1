using EndToEnd.Tests.Bed;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;

namespace EndToEnd.Tests.Chaos;

/// <summary>Clusters that are cut off by dropped packets, both ways or one, and come back.</summary>
public sealed partial class ChaosScenario
{
    // Looks are so far apart; a program that is being killed is seen a moment longer.
    private static readonly TimeSpan SingletonGrace = TimeSpan.FromSeconds(1);

    private static readonly (string Name, Action<Wire> Cut)[] Ways =
    [
        ("both ways", wire => wire.Cut()),
        ("what it sends", wire => wire.ToPlane = WireFault.Severed),
        ("what it is sent", wire => wire.ToCluster = WireFault.Severed),
    ];

    [Fact]
    public async Task Step21_Cut_OfACluster_ItsWorkRunsElsewhereAndTheReturnIsRepaired()
    {
        await SettleAsync(toleration: 2);
        // Where the singleton is: it must stop itself there before it starts elsewhere.
        string doomed = (await Plane.ReplicasAsync("one"))[0].Cluster;
        int lost = (await SharesAsync("small")).GetValueOrDefault(doomed);
        SortedDictionary<string, ProcessMark> elsewhere = await OutsideAsync(doomed), kept = await ProcessesAsync("kept");
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        await using var singleton = new SingletonWatch(OneProgram);
        await using var data = new SingletonWatch(KeptProgram);

        DateTimeOffset cut = DateTimeOffset.UtcNow;
        _bed.WireOf(doomed).Cut();
        EventRecord suspected = await VerdictAsync(doomed, VerdictState.Suspect, cut);
        EventRecord verdict = await VerdictAsync(doomed, VerdictState.Unreachable, cut);
        DateTimeOffset ready = await MovedAsync(doomed, "api", "small");
        DateTimeOffset one = await MovedAsync(doomed, "one");
        await load.FlowsAsync(20);
        await FairAsync(doomed);
        Assert.Equal(elsewhere, await OutsideAsync(doomed, elsewhere.Keys));
        string[] over = [.. await OvercommittedAsync()];
        Assert.True(over.Length == 0, string.Join('\n', over));

        DateTimeOffset healed = DateTimeOffset.UtcNow;
        _bed.WireOf(doomed).Heal();
        await WholeAsync();
        DateTimeOffset repaired = DateTimeOffset.UtcNow;
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        AssertNothingTwice(singleton, data);
        Assert.Equal(kept, await ProcessesAsync("kept"));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        LoadAssert.NoneFailed("no request fails that was sent after the suspicion", requests.Where(request => request.Start > suspected.Time + InFlight));
        AssertExecutions(requests);
        await AssertStoryAsync($"Cluster {doomed}", "Suspect", "Unreachable", "Ready");
        Measured("a cluster cut by dropped packets, until it is Suspect", (suspected.Time - cut).TotalSeconds, "s", 3);
        Measured("a cluster cut by dropped packets, from Suspect until its work runs elsewhere", (ready - suspected.Time).TotalSeconds, "s", 20);
        Measured("a cluster cut by dropped packets, GETs failed", requests.Count(request => request is { Idempotent: true, Failure: not null }), "requests", 0);
        Figure($"cluster of {lost} small programs cut: Suspect after {(suspected.Time - cut).TotalSeconds:0.0} s, lost after {(verdict.Time - cut).TotalSeconds:0.0} s, replaced {(ready - verdict.Time).TotalSeconds:0.0} s later, its singleton {(one - verdict.Time).TotalSeconds:0.0} s later; back and repaired {(repaired - healed).TotalSeconds:0.0} s after healing; {requests.Count} requests, slowest GET {Slowest(requests).TotalSeconds:0.0} s, {requests.Count(request => request.Failure is not null)} orders failed");
    }

    [LongStep]
    public Task Step22_Cut_OfWhatAClusterSends_EndsAsBothWays() => CutOneWayAsync("what it sends");

    [LongStep]
    public Task Step22_Cut_OfWhatAClusterIsSent_EndsAsBothWays() => CutOneWayAsync("what it is sent");

    private async Task CutOneWayAsync(string lost)
    {
        await SettleAsync(toleration: 2);
        const string doomed = TestBed.South;
        SortedDictionary<string, ProcessMark> elsewhere = await OutsideAsync(doomed), kept = await ProcessesAsync("kept");
        await using var singleton = new SingletonWatch(OneProgram);
        await using var data = new SingletonWatch(KeptProgram);
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);

        DateTimeOffset cut = DateTimeOffset.UtcNow;
        Ways.First(way => way.Name == lost).Cut(_bed.WireOf(doomed));
        EventRecord verdict = await VerdictAsync(doomed, VerdictState.Unreachable, cut);
        await MovedAsync(doomed, "api", "small", "one");
        await load.FlowsAsync(20);
        Assert.Equal(elsewhere, await OutsideAsync(doomed, elsewhere.Keys));
        _bed.WireOf(doomed).Heal();
        await WholeAsync();
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        AssertNothingTwice(singleton, data);
        Assert.Equal(kept, await ProcessesAsync("kept"));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        AssertExecutions(requests);
        await AssertStoryAsync($"Cluster {doomed}", "Suspect", "Unreachable", "Ready");
        Measured($"cut one way, {lost} is lost: until the cluster is lost", (verdict.Time - cut).TotalSeconds, "s");
        Measured($"cut one way, {lost} is lost: GETs failed", requests.Count(request => request is { Idempotent: true, Failure: not null }), "requests", 0);
        Figure($"one way cut, {lost} is lost: lost after {(verdict.Time - cut).TotalSeconds:0.0} s; {requests.Count} requests, slowest GET {Slowest(requests).TotalSeconds:0.0} s, {requests.Count(request => request.Failure is not null)} orders failed");
    }

    [Fact]
    public async Task Step23_FalseAlarms_MoveNoWork()
    {
        await SettleAsync(toleration: 2);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        int placement = await Plane.ProcessOfAsync("placement");
        int health = await Plane.ProcessOfAsync("health");

        // The plane's own uplink: everybody vanishes together.
        foreach (Wire wire in _bed.Wires) wire.Cut();
        await LastAsync(TimeSpan.FromSeconds(Long ? 20 : 8));
        foreach (Wire wire in _bed.Wires) wire.Heal();
        await StillAsync("its uplink was cut");

        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        await PausedAsync(TimeSpan.FromSeconds(5), "Health and Placement stood still", health, placement);
        if (Whole)
        {
            Wire lossy = _bed.WireOf(TestBed.West);
            lossy.Both(new WireFault(Loss: 0.2, Delay: TimeSpan.FromMilliseconds(20), Jitter: TimeSpan.FromMilliseconds(80)));
            await LastAsync(TimeSpan.FromSeconds(5));
            lossy.Heal();
            await StillAsync("packets were lost for 5 s");
        }
        if (Long)
        {
            await PausedAsync(TimeSpan.FromSeconds(15), "Health stood still", health);
            await PausedAsync(TimeSpan.FromSeconds(30), "Placement stood still", placement);
        }
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();
        LoadAssert.NoneFailed(requests);
        AssertExecutions(requests);
        Measured("false alarms: programs moved or started again", 0, "programs", 0);
        Figure($"false alarms: {before.Count} programs, none moved or started again; {requests.Count} requests, slowest GET {Slowest(requests).TotalSeconds:0.0} s");

        async Task PausedAsync(TimeSpan time, string what, params int[] processes)
        {
            foreach (int process in processes) Signals.Stop(process);
            try
            {
                await LastAsync(time);
            }
            finally
            {
                foreach (int process in processes) Signals.Continue(process);
            }
            await StillAsync(what);
        }

        async Task StillAsync(string what)
        {
            await WholeAsync();
            SortedDictionary<string, ProcessMark> now = MachineProcesses.OfReplicas(before.Keys);
            // The singleton, too: no alarm lasts as long as its node's lease.
            Assert.True(before.SequenceEqual(now), $"{what}:\nbefore {string.Join(' ', before.Except(now))}\nnow {string.Join(' ', now.Except(before))}\n{(await Plane.FedctlAsync("events", "--all-namespaces")).All}");
        }
    }

    [LongStep]
    public async Task Step41_Partitions_Twenty_LoseNothingAndRunNothingTwice()
    {
        await SettleAsync(toleration: 2);
        int seed = Environment.ProcessId, partitions = Long ? 20 : 4;
        var chance = new Random(seed);
        SortedDictionary<string, ProcessMark> kept = await ProcessesAsync("kept");
        await using var singleton = new SingletonWatch(OneProgram);
        await using var data = new SingletonWatch(KeptProgram);
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        for (int i = 1; i <= partitions; i++)
        {
            // One of four outlasts the lease of the node that has the singleton: that ends there, and begins elsewhere.
            bool outlasts = i % 4 == 0;
            string cluster = outlasts ? (await Plane.ReplicasAsync("one"))[0].Cluster : Clusters[chance.Next(Clusters.Length)];
            (string name, Action<Wire> cut) = Ways[chance.Next(Ways.Length)];
            TimeSpan time = TimeSpan.FromSeconds(outlasts ? 40 + chance.Next(10) : 2 + chance.Next(24));
            cut(_bed.WireOf(cluster));
            await LastAsync(time);
            _bed.WireOf(cluster).Heal();
            await WholeAsync();
            Figure($"partition {i} of seed {seed}: {cluster}, {name}, {time.TotalSeconds:0} s: repaired; so far {load.Ended.Count} requests, {load.Ended.Count(request => request is { Idempotent: true, Failure: not null })} GETs and {load.Ended.Count(request => request is { Idempotent: false, Failure: not null })} orders failed, two of the singleton for at most {singleton.Overlap.TotalSeconds:0.0} s");
        }
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();
        AssertNothingTwice(singleton, data);
        Assert.Equal(kept, await ProcessesAsync("kept"));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        AssertExecutions(requests);
        Measured($"{partitions} partitions, GETs failed", requests.Count(request => request is { Idempotent: true, Failure: not null }), "requests", 0);
        Measured($"{partitions} partitions, two of the singleton for at most", singleton.Overlap.TotalSeconds, "s", SingletonGrace.TotalSeconds);
        Measured($"{partitions} partitions, two on one volume for at most", data.Overlap.TotalSeconds, "s", 0);
    }

    private async Task<DateTimeOffset> MovedAsync(string from, params string[] workloads)
    {
        foreach (string workload in workloads)
            await Plane.ReadyAsync(workload, now => now.Status!.Clusters!.All(share => share.Cluster != from || share.State == "Unreachable"));
        return DateTimeOffset.UtcNow;
    }

    private static void AssertNothingTwice(SingletonWatch singleton, SingletonWatch data)
    {
        Assert.True(singleton.Overlap <= SingletonGrace, $"two of the singleton ran for {singleton.Overlap.TotalSeconds:0.0} s");
        Assert.True(data.Overlap == TimeSpan.Zero, $"two ran on one volume for {data.Overlap.TotalSeconds:0.0} s");
    }

    // What a person reads of it, in this order.
    private async Task AssertStoryAsync(string subject, params string[] reasons)
    {
        string story = (await Plane.FedctlAsync("events", "--all-namespaces")).Done().Out;
        string[] told = [.. story.Split('\n').Where(line => line.Contains(subject, StringComparison.Ordinal))];
        int at = -1;
        foreach (string reason in reasons)
        {
            at = Array.FindIndex(told, at + 1, line => line.Contains(reason, StringComparison.Ordinal));
            Assert.True(at >= 0, $"the events of {subject} do not tell of {string.Join(", ", reasons)} in this order:\n{story}");
        }
    }

    private async Task<IEnumerable<string>> OvercommittedAsync() => (await Plane.Client.ListAsync<Cluster>(ct: Cancelled)).Items
        .SelectMany(cluster => (cluster.Status?.NodeList ?? []).Where(node => node.Free is { } free && (free.Cpu.Value < 0 || free.Memory.Value < 0)).Select(node => $"{cluster.Metadata.Name}/{node.Name} is overcommitted: {node.Free}"));

    // The programs outside of a cluster; or those of the given replicas that are.
    private async Task<SortedDictionary<string, ProcessMark>> OutsideAsync(string cluster, IEnumerable<string>? of = null)
    {
        IEnumerable<string> outside = (await Plane.ReplicasAsync(Workloads)).Where(replica => replica.Cluster != cluster).Select(replica => replica.Id);
        return MachineProcesses.OfReplicas(of is null ? outside : outside.Intersect(of));
    }

    // What is left is divided evenly, and there is no more of it than was wanted.
    private async Task FairAsync(string lost)
    {
        // On a machine that is slow another cluster may be silent for a moment: it is in contact again before its work moves.
        IReadOnlyDictionary<string, int> shares = await Eventually.NotNullAsync($"{Small} of small are in contact",
            async () => await SharesAsync("small") is var now && now.Values.Sum() == Small ? now : null, async () => (await Plane.FedctlAsync("get", "replicas")).All);
        Assert.DoesNotContain(lost, shares.Keys);
        double fair = (double)Small / shares.Count;
        Assert.True(shares.Values.Max() <= fair * 1.1, $"the largest share is {shares.Values.Max()}, a fair one {fair:0.0}: {string.Join(", ", shares)}");
    }
}
