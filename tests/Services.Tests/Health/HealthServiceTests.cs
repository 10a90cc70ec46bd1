using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Health.Service.Documents;
using Federation.Health.Service.Reports;
using Federation.Routing.Documents;
using Federation.Storage;
using static Federation.Services.Tests.Health.HealthRig;
using FailureDomain = Federation.Domain.Clusters.FailureDomain;

namespace Federation.Services.Tests.Health;

public class HealthServiceTests
{
    private const string Web = "default/default/web";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_FullSetAndRenewals_MakeTheNodeReadyAndEachIsGranted()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, _) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready)), Ct);
        await agent.SendAsync(Renewal(7), Ct);
        (_, HealthMessage reply) = await agent.ReceiveAsync(Ct);
        Assert.Equal(7, reply.Grant.Renewal);
        Assert.Equal(30_000, reply.Grant.DurationMs);
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Ready && rig.StateOf("a") == VerdictState.Ready);
        Assert.NotNull(rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r1"));
        await WaitForAsync(() => rig.Events.All.Any(static item => item is { Object: "Node a/n1", Reason: "Ready" }));
    }

    [Fact]
    public async Task Session_NewestDeltaThatWasLost_IsAskedForWithTheNextRenewal()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, _) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Starting)), Ct);
        await agent.SendAsync(Renewal(1, sequence: 2), Ct);
        Assert.Equal(1, (await agent.ReceiveAsync(Ct)).Message.Grant.Renewal);
        Assert.Equal("report 2 was sent, and 1 came last: there is a gap", (await agent.ReceiveAsync(Ct)).Message.FullSetRequest.Reason);
        await agent.SendAsync(Full("a/n1", 3, ("r1", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r1")!.State == ReplicaState.Ready);
    }

    [Fact]
    public async Task Session_ConnectionCut_SuspectAtOnceThenUnreachableAndNothingIsForgotten()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, Task session) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Ready);
        agent.Cut();
        await session;
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Suspect);
        await AdvanceUntilAsync(rig, TimeSpan.FromMilliseconds(100), () => rig.StateOf("a/n1") == VerdictState.Unreachable);
        Assert.NotNull(rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r1"));
        await AdvanceUntilAsync(rig, TimeSpan.FromSeconds(1), () => rig.Find<Verdict>(HealthKinds.Verdict, "a/n1")!.LeaseEnded);
        Assert.True(rig.Time.GetUtcNow() >= new DateTimeOffset(2030, 1, 1, 0, 0, 32, TimeSpan.Zero));
    }

    [Fact]
    public async Task Session_NewerStreamOfTheNode_EndsTheOlderWithoutALoss()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"));
        (MemoryMessageStream<AgentReport, HealthMessage> older, Task olderSession) = rig.Connect("a/n1");
        await older.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Ready);
        (MemoryMessageStream<AgentReport, HealthMessage> newer, _) = rig.Connect("a/n1");
        await olderSession;
        await newer.SendAsync(Delta("a/n1", 2, ("r2", ReplicaState.Ready)), Ct);
        (_, HealthMessage reply) = await newer.ReceiveAsync(Ct);
        Assert.Contains("before the stream's full set", reply.FullSetRequest.Reason, StringComparison.Ordinal);
        await newer.SendAsync(Full("a/n1", 5, ("r1", ReplicaState.Ready), ("r2", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r2") is not null);
        Assert.DoesNotContain(rig.Events.All, item => item.Reason == "Suspect");
    }

    [Fact]
    public async Task Session_PartialFullSet_DeletesNothingAndIsAskedForAgain()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, _) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready), ("r2", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r2") is not null);
        AgentReport partial = Full("a/n1", 2, ("r1", ReplicaState.Ready), ("r2", ReplicaState.Ready));
        partial.Full.ReplicasJson.RemoveAt(1);
        await agent.SendAsync(partial, Ct);
        (_, HealthMessage reply) = await agent.ReceiveAsync(Ct);
        Assert.Contains("announces 2 replicas and carries 1", reply.FullSetRequest.Reason, StringComparison.Ordinal);
        Assert.Contains(rig.Events.All, item => item is { Object: "Node a/n1", Reason: "ReportRefused" } && item.Message.Contains("carries 1", StringComparison.Ordinal));
        Assert.NotNull(rig.Find<ReplicaObservation>(HealthKinds.ReplicaObservation, "r2"));
    }

    [Fact]
    public async Task Endpoints_ReadyReplicaOfAnOrder_IsServedAndFollowsItsState()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"), HealthRig.Web, RouteTo("Shop.localhost"), Order("a/n1"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, _) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready), ("r2", ReplicaState.Starting)), Ct);
        await WaitForAsync(() => Served(rig) is ["r1"]);
        Assert.Equal(Web, rig.Find<RouteEntry>(RouteEntry.Kind, "shop.localhost/")!.Service.ToString());
        Assert.NotNull(rig.Find<NodeReport>(HealthKinds.NodeReport, "a/n1"));
        Assert.True(rig.Find<TableState>(TableState.Kind, TableState.Key)!.Complete);
        await agent.SendAsync(Delta("a/n1", 2, ("r2", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => Served(rig) is ["r1", "r2"]);
        await agent.SendAsync(Delta("a/n1", 3, ("r1", ReplicaState.Draining)), Ct);
        await WaitForAsync(() => Served(rig) is ["r2"]);
        await rig.PlaceAsync(RouteTo("new.localhost"));
        await WaitForAsync(() => rig.Find<RouteEntry>(RouteEntry.Kind, "new.localhost/") is not null);
        Assert.Null(rig.Find<RouteEntry>(RouteEntry.Kind, "shop.localhost/"));
    }

    [Fact]
    public async Task Endpoints_PlacementNotHeardYet_NothingIsSaidAndThenAllAtOnce()
    {
        await using HealthRig rig = await HealthRig.StartAsync(placementAnswers: false);
        await rig.PlaceAsync(Cluster("a"), HealthRig.Web, RouteTo("shop.localhost"), Order("a/n1"));
        (MemoryMessageStream<AgentReport, HealthMessage> agent, _) = rig.Connect("a/n1");
        await agent.SendAsync(Full("a/n1", 1, ("r1", ReplicaState.Ready)), Ct);
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Ready);
        Assert.Null(rig.Find<NodeReport>(HealthKinds.NodeReport, "a/n1"));
        Assert.Null(rig.Find<TableState>(TableState.Kind, TableState.Key));
        rig.FollowPlacement();
        await WaitForAsync(() => rig.Find<NodeReport>(HealthKinds.NodeReport, "a/n1") is not null);
        Assert.Equal(["r1"], Served(rig));
        // A follower sees them together: who has reported, and what is served because of it.
        long reported = rig.Store.Current.Get(new DocumentKey(HealthKinds.NodeReport, "a/n1"))!.Revision;
        Assert.Equal(reported, rig.Store.Current.Get(new DocumentKey(ServiceEndpoints.Kind, Web))!.Revision);
    }

    [Fact]
    public async Task Verdicts_AssignedNodeThatNeverReports_IsMissedAfterTheGrace()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a"), HealthRig.Web, Order("a/n1"));
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Unknown);
        await AdvanceUntilAsync(rig, TimeSpan.FromMilliseconds(500), () => rig.StateOf("a/n1") == VerdictState.Unreachable);
        Assert.Contains("has not reported since Health started", rig.Find<Verdict>(HealthKinds.Verdict, "a/n1")!.Reason, StringComparison.Ordinal);
        Assert.True(rig.Time.GetUtcNow() >= new DateTimeOffset(2030, 1, 1, 0, 0, 11, TimeSpan.Zero));
    }

    [Fact]
    public async Task Events_ClusterLostByAgreement_TellItsStoryInOrder()
    {
        await using HealthRig rig = await HealthRig.StartAsync();
        await rig.PlaceAsync(Cluster("a", new FailureDomain { Name = "up-1", Nodes = ["n1"] }, new FailureDomain { Name = "up-2", Nodes = ["n2"] }), Cluster("b"));
        (MemoryMessageStream<AgentReport, HealthMessage> one, _) = rig.Connect("a/n1");
        (MemoryMessageStream<AgentReport, HealthMessage> two, _) = rig.Connect("a/n2");
        (MemoryMessageStream<AgentReport, HealthMessage> other, _) = rig.Connect("b/n1");
        await one.SendAsync(Full("a/n1", 1), Ct);
        await two.SendAsync(Full("a/n2", 1), Ct);
        await other.SendAsync(Full("b/n1", 1), Ct);
        await WaitForAsync(() => rig.StateOf("a/n1") == VerdictState.Ready && rig.StateOf("a/n2") == VerdictState.Ready && rig.StateOf("b") == VerdictState.Ready);
        one.Cut();
        two.Cut();
        await WaitForAsync(() => rig.StateOf("a") == VerdictState.Suspect);
        await AdvanceUntilAsync(rig, TimeSpan.FromMilliseconds(100), () => rig.StateOf("a") == VerdictState.NotReady);
        // A verdict is told when it is on record.
        await WaitForAsync(() => Story(rig, "Cluster a").LastOrDefault() == "NotReady");
        Assert.Equal(["WitnessLost", "Suspect", "NotReady"], Story(rig, "Node a/n1").TakeLast(3));
        Assert.Equal(["Suspect", "NotReady"], Story(rig, "Cluster a").TakeLast(2));
        Assert.Contains(rig.Events.All, item => item is { Object: "Cluster a", Reason: "NotReady" } && item.Message.Contains("2 independent witnesses agree", StringComparison.Ordinal));
    }

    [Fact]
    public void Look_ReplicaThatNobodyOrdered_IsToldOnceAndOnlyIfItStaysSo()
    {
        var unordered = new UnorderedReplicas();
        ReplicaObservation replica = JsonSerializer.Deserialize<ReplicaObservation>(Full("a/n1", 1, ("r1", ReplicaState.Ready)).Full.ReplicasJson[0].Span, DomainJson.Options)!;
        Assert.Empty(unordered.Look([replica], _ => null, TimeSpan.Zero));
        Assert.Empty(unordered.Look([replica], _ => null, UnorderedReplicas.Patience - TimeSpan.FromSeconds(1)));
        Assert.Equal("r1", Assert.Single(unordered.Look([replica], _ => null, UnorderedReplicas.Patience)).Id.Value);
        Assert.Empty(unordered.Look([replica], _ => null, UnorderedReplicas.Patience * 2));
        Assert.Empty(unordered.Look([replica], _ => (Assignment)Order("a/n1").Document, UnorderedReplicas.Patience * 3));
        Assert.Empty(unordered.Look([replica], _ => null, UnorderedReplicas.Patience * 4));
    }

    private static IEnumerable<string> Story(HealthRig rig, string about) => rig.Events.All.Where(item => item.Object == about).Select(item => item.Reason);

    private static string[] Served(HealthRig rig) =>
        [.. (rig.Find<ServiceEndpoints>(ServiceEndpoints.Kind, Web)?.Endpoints ?? []).Select(endpoint => endpoint.Replica.Value)];

    private static async Task AdvanceUntilAsync(HealthRig rig, TimeSpan step, Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "what was waited for did not come");
            rig.Time.Advance(step);
            await Task.Delay(20, Ct);
        }
    }
}
