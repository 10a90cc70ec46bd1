using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;

namespace EndToEnd.Tests.Scenario;

/// <summary>A loss that is tried out, and what its report is worth.</summary>
public sealed partial class ShopScenario
{
    // The report looks ten times a second, the observer as often; both may be late by a slice of a busy machine.
    private static readonly TimeSpan Looks = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task Step17_DrillLosesACluster_ItsReportAgreesWithAnOutsideObserver()
    {
        await EnsureShopAsync("2");
        await TolerateAsync(2);
        IReadOnlyList<ReplicaView> replicas = await _plane.ReplicasAsync(ShopWorkloads);
        string worker = replicas.First(replica => replica.Workload == "worker").Cluster;
        // The one that has most to lose; the one process of which there is no second stays out of it.
        string doomed = replicas.Where(replica => replica.Cluster != worker).CountBy(replica => replica.Cluster).MaxBy(pair => pair.Value).Key;
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(40);
        Command drilling = _plane.StartFedctl("drill", "lose", "cluster", doomed, "--for", "2m", "--yes");
        DrillView drill = await Eventually.NotNullAsync("the drill has begun", async () => (await _plane.Client.DrillsAsync(Cancelled)).LastOrDefault(one => one.EndedAt is null));
        DateTimeOffset? lost = null;
        await Eventually.TrueAsync("what the cluster ran is ready elsewhere", async () =>
        {
            if (lost is null && (await _plane.Client.GetAsync<Cluster>(doomed, ct: Cancelled)).Status?.State?.IsLost() == true) lost = DateTimeOffset.UtcNow;
            return (await _plane.Client.DrillsAsync(Cancelled)).First(one => one.Id == drill.Id).ReplacedAfterSeconds is not null;
        }, async () => (await _plane.FedctlAsync("drill", "list")).All);
        await load.FlowsAsync(40);
        (await _plane.FedctlAsync("drill", "stop", drill.Id)).Done();
        string report = (await drilling.EndAsync(TimeSpan.FromMinutes(1), Cancelled)).Done().Out;
        await Eventually.TrueAsync("the cluster is back", async () => (await _plane.Client.GetAsync<Cluster>(doomed, ct: Cancelled)).Status!.State == VerdictState.Ready);
        await load.FlowsAsync(40);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        DrillView seen = (await _plane.Client.DrillsAsync(Cancelled)).First(one => one.Id == drill.Id);
        Assert.False(seen.Partial);
        Assert.True(seen.ReplicasLost > 0);
        Assert.InRange(seen.DetectedAfterSeconds!.Value, (lost!.Value - seen.StartedAt - Looks).TotalSeconds, (lost.Value - seen.StartedAt + Looks).TotalSeconds);
        // Who sends the requests counts as the gateway does: what failed failed in the drill, and the rest was answered in it.
        Assert.Equal(requests.Count(request => request.Failure is not null), seen.FailedRequests);
        Assert.InRange(
            seen.Requests!.Value,
            requests.Count(request => request.End > seen.StartedAt + Looks && request.End < seen.EndedAt - Looks),
            requests.Count(request => request.End > seen.StartedAt - Looks && request.End < seen.EndedAt + Looks));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        Assert.Equal((0, 0), (seen.MostOvercommittedCpuMillis, seen.MostOvercommittedMemoryBytes));
        Assert.Matches(new Regex($@"failed requests\s+{seen.FailedRequests!.Value.ToString(CultureInfo.InvariantCulture)} of "), report);
        Assert.Matches(@"overcommitted\s+never", report);
        Figure($"drill: detected after {seen.DetectedAfterSeconds} s, re-placed after {seen.ReplacedAfterSeconds} s, {seen.FailedRequests} of {seen.Requests} failed; the observer: {requests.Count(request => request.Failure is not null)} failed");
    }
}
