using EndToEnd.Tests.Bed;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Client;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Chaos;

/// <summary>The plane's own services, killed at random and starved of disk.</summary>
public sealed partial class ChaosScenario
{
    // The gateway is the one door: while it is down nothing is answered, which ShopScenario measures.
    private static readonly string[] Killed = ["identity", "secretstore", "placement", "health"];

    [LongStep]
    public async Task Step31_KillServices_AtRandom_FailsNothingAndLosesNothing()
    {
        await SettleAsync(toleration: 2);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        long begun = TimeProvider.System.GetTimestamp();
        TimeSpan time = Long ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(15);
        using var over = new CancellationTokenSource();
        Task<List<string>> churn = ChurnAsync(over.Token);
        int kills = 0;
        while (TimeProvider.System.GetElapsedTime(begun) < time)
        {
            string service = Killed[Random.Shared.Next(Killed.Length)];
            int process = await Plane.ProcessOfAsync(service);
            Dictionary<string, string?> renewed = Clusters.ToDictionary(cluster => cluster, Renewed);
            Signals.Kill(process);
            kills++;
            await Plane.BackAsync(service, process);
            // Its peers find it again before it dies once more: who is killed faster than that never lived.
            if (service == "health")
            {
                await Eventually.TrueAsync("every node renews its lease again", () => Task.FromResult(Clusters.All(cluster => Renewed(cluster) is { } line && line != renewed[cluster])),
                    () => Task.FromResult(string.Join('\n', Clusters.Select(cluster => _bed.NodeOf(cluster).Output))));
            }
            await LastAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(500, 3000)));
        }
        await over.CancelAsync();
        List<string> acknowledged = await churn;
        foreach (string workload in Workloads) await Plane.ReadyAsync(workload);
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        SortedDictionary<string, ProcessMark> after = await ProcessesAsync();
        await ReplicaAssert.NoneBegunAnewAsync(Plane, before, after);
        LoadAssert.NoneFailed(requests);
        AssertExecutions(requests);
        Assert.NotEmpty(acknowledged);
        HashSet<string> present = [.. (await Plane.Client.ListAsync<Route>(ct: Cancelled)).Items.Select(route => route.Metadata.Name)];
        Assert.Subset(present, acknowledged.ToHashSet());
        foreach (string name in acknowledged) await Plane.Client.DeleteAsync(ResourceKind.Of<Route>(), name, ct: Cancelled);
        Measured($"services killed at random for {time.TotalMinutes:0.#} min, kills", kills, "kills");
        Measured($"services killed at random for {time.TotalMinutes:0.#} min, requests failed", requests.Count(request => request.Failure is not null), "requests", 0);
        Measured($"services killed at random for {time.TotalMinutes:0.#} min, programs started again", before.Count(entry => !after.TryGetValue(entry.Key, out ProcessMark now) || now != entry.Value), "programs", 0);
        Measured($"services killed at random for {time.TotalMinutes:0.#} min, acknowledged writes lost", acknowledged.Count(name => !present.Contains(name)), "writes", 0);
        Figure($"{kills} services killed in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0} s: {requests.Count} requests, 0 failed; {acknowledged.Count} acknowledged writes, all present; {before.Count} programs, none started again");
    }

    [LongStep]
    public async Task Step32_DiskFull_OfPlacement_RefusesClearlyAndHeals()
    {
        await SettleAsync(toleration: 30);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        var accepted = new List<string>();
        ApiException refused;
        SmallDisk disk = _bed.DiskOf("placement");
        disk.Fill();
        try
        {
            refused = await Eventually.NotNullAsync("a write is refused", async () =>
            {
                try
                {
                    // Large ones: a store that has been busy goes on for long in the room that its files have already.
                    accepted.Add(await PutRouteAsync($"full-{accepted.Count}", note: new string('x', 128 << 10)));
                    return null;
                }
                catch (ApiException refusal)
                {
                    return refusal;
                }
            });
            Assert.Equal("Ready", (await Plane.Client.GetAsync<Workload>("api", ct: Cancelled)).Status!.Phase);
        }
        finally
        {
            disk.Free();
        }
        await Eventually.TrueAsync("writes are taken again", async () =>
        {
            try
            {
                accepted.Add(await PutRouteAsync("after"));
                return true;
            }
            catch (ApiException)
            {
                return false;
            }
        });
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        LoadAssert.NoneFailed(requests);
        await ReplicaAssert.NoneBegunAnewAsync(Plane, before, await ProcessesAsync());
        Assert.True((int)refused.Status is 503 or 507, refused.Message);
        Assert.Contains("disk", refused.Message, StringComparison.OrdinalIgnoreCase);
        HashSet<string> present = [.. (await Plane.Client.ListAsync<Route>(ct: Cancelled)).Items.Select(route => route.Metadata.Name)];
        Assert.Subset(present, accepted.ToHashSet());
        foreach (string name in accepted) await Plane.Client.DeleteAsync(ResourceKind.Of<Route>(), name, ct: Cancelled);
        Figure($"Placement's disk full: {(int)refused.Status} {refused.Message}");
    }

    [LongStep]
    public async Task Step33_DiskFull_OfAnAgent_IsToldAndHeals()
    {
        await SettleAsync(toleration: 30);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        SmallDisk disk = _bed.DiskOf(TestBed.North);
        disk.Fill();
        try
        {
            await Plane.Client.ScaleAsync("small", Small + 12, ct: Cancelled);
            await Eventually.TrueAsync("the agent says that its disk is full", () => Task.FromResult(_bed.NodeOf(TestBed.North).Output.Contains("No space left", StringComparison.OrdinalIgnoreCase)),
                () => Task.FromResult(_bed.NodeOf(TestBed.North).Output));
            await load.FlowsAsync(20);
        }
        finally
        {
            disk.Free();
        }
        await Plane.ReadyAsync("small");
        Assert.Equal(Small + 12, Running(SmallProgram));
        await Plane.Client.ScaleAsync("small", Small, ct: Cancelled);
        await OnlyWantedAsync("small");
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();
        LoadAssert.NoneFailed(requests);
        SortedDictionary<string, ProcessMark> after = await ProcessesAsync("api", "one", "kept");
        Assert.All(before.Where(entry => !entry.Key.StartsWith("small-", StringComparison.Ordinal)), entry => Assert.Equal(entry.Value, after[entry.Key]));
        Figure($"an agent's disk full: {requests.Count} requests, 0 failed");
    }

    // What a node's agent said when Health renewed its lease again, the last time.
    private string? Renewed(string cluster) => _bed.NodeOf(cluster).Output.Split('\n').LastOrDefault(line => line.Contains("Health renews the node's lease again", StringComparison.Ordinal));

    // Routes that are made all the time; those of which it was said that they are kept.
    private async Task<List<string>> ChurnAsync(CancellationToken over)
    {
        var acknowledged = new List<string>();
        for (int number = 0; !over.IsCancellationRequested; number++)
        {
            try
            {
                acknowledged.Add(await PutRouteAsync($"churn-{number}"));
            }
            catch (Exception refused) when (refused is ApiException or HttpRequestException)
            {
                // Not acknowledged.
            }
            await Task.WhenAny(Task.Delay(50, over));
        }
        return acknowledged;
    }

    private async Task<string> PutRouteAsync(string name, string? note = null)
    {
        await Plane.Client.ApplyAsync(new Route
        {
            Metadata = new ResourceMetadata { Name = name, Annotations = note is null ? null : new Dictionary<string, string> { ["note"] = note } },
            Spec = new RouteSpec { Host = $"{name}.localhost", Workload = "api" },
        }, ct: Cancelled);
        return name;
    }
}
