using System.Text.Json.Nodes;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Scenario;

/// <summary>Changes and losses under a constant load, half of it orders whose executions are counted.</summary>
public sealed partial class ShopScenario
{
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShiftLimit = TimeSpan.FromMilliseconds(200);

    // What was under way when something died may fail where it must not be repeated; nothing later may.
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Step11_Apply_NewVersionOfApi_FailsNoRequest()
    {
        await EnsureShopAsync("2");
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        await EnsureShopAsync("3");
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        JsonNode answer = await AskShopAsync();
        Assert.Equal("3", answer["api"]!["version"]!.GetValue<string>());
        LoadAssert.NoneFailed(requests);
        AssertExecutions(requests);
        Figure($"update: {requests.Count} requests, 0 failed");
    }

    [Fact]
    public async Task Step12_RolloutUndo_OfApi_FailsNoRequest()
    {
        // The step before this one has left it so.
        if (await _plane.Client.FindAsync(ResourceKind.Of<Workload>(), "api", ct: Cancelled) is not Workload api || api.Spec.Template.Environment?["VERSION"] != "3")
        {
            await EnsureShopAsync("2");
            await EnsureShopAsync("3");
        }
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        (await _plane.FedctlAsync("rollout", "undo", "api")).Done();
        await _plane.ReadyAsync("api");
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        JsonNode answer = await AskShopAsync();
        Assert.Equal("2", answer["api"]!["version"]!.GetValue<string>());
        LoadAssert.NoneFailed(requests);
        AssertExecutions(requests);
        Figure($"undo: {requests.Count} requests, 0 failed");
    }

    [Fact]
    public async Task Step13_KillReplicas_AreReplacedAndNoGetFails()
    {
        await EnsureShopAsync("2");
        SortedDictionary<string, ProcessMark> before = await ShopProcessesAsync();
        string[] doomed = [before.Keys.First(replica => replica.StartsWith("api-", StringComparison.Ordinal)), before.Keys.First(replica => replica.StartsWith("web-", StringComparison.Ordinal))];
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        DateTimeOffset killed = DateTimeOffset.UtcNow;
        foreach (string replica in doomed) Signals.Kill(before[replica].Id);
        foreach (string replica in doomed) await _plane.ReadyAsync(replica.Split('-')[0]);
        await Eventually.TrueAsync("other processes stand in for the killed ones", async () =>
            await _plane.ReplicasAsync(ShopWorkloads) is var replicas && replicas.All(replica => replica.State == "Ready")
            && MachineProcesses.OfReplicas(replicas.Select(replica => replica.Id)) is var now && now.Count == before.Count && !doomed.Any(replica => now.ContainsValue(before[replica])),
            async () => $"before:\n{string.Join('\n', before)}\nnow:\n{string.Join('\n', MachineProcesses.OfReplicas((await _plane.ReplicasAsync(ShopWorkloads)).Select(replica => replica.Id)))}\n{(await _plane.FedctlAsync("get", "replicas")).All}");
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        SortedDictionary<string, ProcessMark> after = await ShopProcessesAsync();
        Assert.All(before.Where(entry => !doomed.Contains(entry.Key)), entry => Assert.Equal(entry.Value, after[entry.Key]));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        LoadAssert.NoneFailed("no request fails that was sent later", requests.Where(request => request.Start > killed + InFlight));
        AssertExecutions(requests);
        Figure($"two replicas killed: {requests.Count} requests, {requests.Count(request => request.Failure is not null)} orders in flight failed");
    }

    [Fact]
    public async Task Step14_KillAgent_AdoptsOnItsReturnWhatRuns()
    {
        await EnsureShopAsync("2");
        // However slow this machine is to start the agent again, its work shall not have moved meanwhile.
        await TolerateAsync(300);
        SortedDictionary<string, ProcessMark> before = await ShopProcessesAsync();
        const string agent = "eu-cloud-n1";
        int process = await _plane.ProcessOfAsync(agent);
        Assert.Contains(await _plane.ReplicasAsync(ShopWorkloads), replica => replica is { Cluster: "eu-cloud", Node: "n1" });
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        DateTimeOffset killed = DateTimeOffset.UtcNow;
        Signals.Kill(process);
        await _plane.BackAsync(agent, process);
        await NodesReadyAsync("eu-cloud", 2);
        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
        await load.FlowsAsync(40);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        await AssertNoneRestartedAsync(before);
        Assert.All(await _plane.ReplicasAsync(ShopWorkloads), replica => Assert.Equal(("Ready", before.ContainsKey(replica.Id)), (replica.State, true)));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        LoadAssert.NoneFailed("no request fails that was sent later", requests.Where(request => request.Start > killed + InFlight));
        AssertExecutions(requests);
        Figure($"agent killed: {requests.Count} requests, {requests.Count(request => request.Failure is not null)} orders in flight failed");
        await TolerateAsync(2);
    }

    [Fact]
    public async Task Step15_PowerOff_ACluster_ItsReplicasRunElsewhereInTime()
    {
        await EnsureShopAsync("2");
        IReadOnlyList<ReplicaView> before = await _plane.ReplicasAsync(ShopWorkloads);
        Assert.Contains(before, replica => replica.Cluster == "us-cloud");
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        (await _plane.HostAsync("power-off", "us-cloud")).Done();
        DateTimeOffset dark = DateTimeOffset.UtcNow;
        EventRecord certain = await Eventually.NotNullAsync("us-cloud is NotReady", async () => (await _plane.Client.EventsAsync(allNamespaces: true))
            .LastOrDefault(record => record is { Object: "Cluster us-cloud", Reason: "NotReady" } && record.Time >= begun));
        foreach (string workload in ShopWorkloads)
            await _plane.ReadyAsync(workload, now => now.Status!.Clusters!.All(share => share.Cluster != "us-cloud" || share.State == "Unreachable"));
        DateTimeOffset ready = DateTimeOffset.UtcNow;
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        IReadOnlyList<ReplicaView> after = await _plane.ReplicasAsync(ShopWorkloads);
        Assert.All(after.Where(replica => replica.Cluster == "us-cloud"), replica => Assert.Equal("Unreachable", replica.State));
        ReplicaView[] fresh = [.. after.Where(replica => before.All(known => known.Id != replica.Id))];
        Assert.Equal(before.Count(replica => replica.Cluster == "us-cloud"), fresh.Length);
        Assert.All(fresh, replica => Assert.InRange(replica.StartedAt!.Value, certain.Time, certain.Time + MoveLimit));
        LoadAssert.NoneFailed("no GET fails after the first 200 ms", requests.Where(request => request.Idempotent && (request.Start < begun || request.Start > dark + ShiftLimit)));
        AssertExecutions(requests);
        Figure($"cluster lost: certain after {(certain.Time - begun).TotalSeconds:0.00} s, replaced {(fresh.Max(replica => replica.StartedAt) - certain.Time)!.Value.TotalSeconds:0.00} s later, ready {(ready - certain.Time).TotalSeconds:0.00} s later; {requests.Count} requests, {requests.Count(request => request is { Idempotent: true, Failure: not null })} GETs and {requests.Count(request => request is { Idempotent: false, Failure: not null })} orders failed");
    }

    [Fact]
    public async Task Step16_Start_TheLostCluster_NothingIsWiped()
    {
        foreach (string workload in ShopWorkloads) await _plane.ReadyAsync(workload);
        IReadOnlyList<ReplicaView> replicas = [.. (await _plane.ReplicasAsync(ShopWorkloads)).Where(replica => replica.Cluster != "us-cloud")];
        SortedDictionary<string, ProcessMark> before = MachineProcesses.OfReplicas(replicas.Select(replica => replica.Id));
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        (await _plane.HostAsync("start", "us-cloud")).Done();
        await NodesReadyAsync("us-cloud", 2);
        foreach (string workload in ShopWorkloads)
            await _plane.ReadyAsync(workload, now => now.Status!.Clusters!.All(share => share.State is null));
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        Assert.Equal(before, MachineProcesses.OfReplicas(replicas.Select(replica => replica.Id)));
        LoadAssert.NoneFailed(requests);
        AssertExecutions(requests);
    }

    [Fact]
    public async Task Step17_Apply_VersionThatAnswers500_UndoesItselfAndHardlyAnyoneNotices()
    {
        await EnsureShopAsync("2");
        string good = (await _plane.ReadyAsync("api")).Status!.Revision!;
        string failing = Path.Combine(_plane.Shared, "failing-api.yaml");
        string version = "      VERSION: \"2\"\n", text = File.ReadAllText(Path.Combine(ShopOf("2"), "api.yaml"));
        Assert.Contains(version, text, StringComparison.Ordinal);
        File.WriteAllText(failing, text.Replace(version, "      VERSION: \"bad\"\n      ANSWER_STATUS: \"500\"\n", StringComparison.Ordinal));

        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(60);
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        CommandResult applied = await _plane.FedctlAsync("apply", "-f", failing);
        DateTimeOffset undone = DateTimeOffset.UtcNow;
        await load.FlowsAsync(140);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        Assert.True(applied.ExitCode == 1, applied.All);
        string line = Assert.Single(applied.Error.Split('\n'), static line => line.StartsWith("fedctl: workload/api:", StringComparison.Ordinal));
        Assert.Matches(@"^fedctl: workload/api: revision \d+ undone to \d+: .+ answered 500 on [a-z-]+/n\d", line);
        await Eventually.TrueAsync("the version before is back everywhere", async () =>
            (await _plane.Client.GetAsync<Workload>("api")).Status is { Phase: "Undone", Ready: 4 } status && status.Revision == good,
            async () => (await _plane.FedctlAsync("describe", "workload", "api")).All);
        Assert.Contains("answered 500", (await _plane.FedctlAsync("rollout", "history", "api")).Done().Out, StringComparison.Ordinal);
        Assert.Equal("2", (await AskShopAsync())["api"]!["version"]!.GetValue<string>());
        LoadRequest[] failed = [.. requests.Where(static request => request.Failure is not null)];
        Assert.True(failed.Length * 100 < requests.Count, $"{failed.Length} of {requests.Count} requests failed:\n{string.Join('\n', failed.AsEnumerable())}");
        AssertExecutions(requests);
        Figure($"a version that answers 500: undone after {(undone - begun).TotalSeconds:0.0} s; {requests.Count} requests, {failed.Length} failed; {line}");
    }

    private Task NodesReadyAsync(string cluster, int nodes) => Eventually.TrueAsync($"{nodes} nodes of {cluster} are ready", async () =>
        (await _plane.Client.GetAsync<Cluster>(cluster)).Status is { State: VerdictState.Ready } status && status.NodesReady == nodes,
        async () => (await _plane.FedctlAsync("describe", "cluster", cluster)).All);
}
