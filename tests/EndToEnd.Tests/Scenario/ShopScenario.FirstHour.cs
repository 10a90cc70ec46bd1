using System.Text.Json.Nodes;
using EndToEnd.Tests.Planes;

namespace EndToEnd.Tests.Scenario;

/// <summary>What a newcomer does first.</summary>
public sealed partial class ShopScenario
{
    [Fact]
    public async Task Step01_GetClusters_AfterTheStart_ListsThreeReadyWithNodesAndFreeCapacity()
    {
        Assert.Contains(_plane.Output, line => line.StartsWith("Federation is ready", StringComparison.Ordinal));
        string[] lines = (await _plane.FedctlAsync("get", "clusters")).Done().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^NAME +KIND +STATE +NODES +FREE CPU +FREE MEM", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^edge +node +Ready +1/1 +4 +2Gi ", lines[1]);
        Assert.Matches(@"^eu-cloud +node +Ready +2/2 +8 +4Gi ", lines[2]);
        Assert.Matches(@"^us-cloud +node +Ready +2/2 +8 +4Gi ", lines[3]);
    }

    [Fact]
    public async Task Step02_Apply_TheShop_ShowsProgressAndEndsWhenReady()
    {
        CommandResult applied = (await _plane.FedctlAsync("apply", "-f", Path.Combine(Repository.Examples, "shop"))).Done();
        Assert.Contains("workload/api created", applied.Out, StringComparison.Ordinal);
        Assert.Matches(@"ready after \d+\.\d s\s*$", applied.Out);
        Assert.Matches(@"workload/api: Progressing +\d/4 ready", applied.Error);
        Assert.Matches(@"workload/api: Ready +4/4 ready", applied.Error);
        Figure($"shop: {applied.Out.TrimEnd().Split('\n')[^1]}");
    }

    [Fact]
    public async Task Step03_Ingress_RepeatedCalls_AreAnsweredFromSeveralClustersAndWebReachesApiInAnother()
    {
        var clusters = new HashSet<string>();
        // A web beside an api asks that one; how the two lie depends on which was placed first.
        string[] apis = [.. (await _plane.ReplicasAsync("api")).Select(replica => replica.Cluster)];
        bool across = (await _plane.ReplicasAsync("web")).All(replica => apis.Contains(replica.Cluster));
        await Eventually.TrueAsync("answers from two clusters, one of them by an api in another cluster", async () =>
        {
            JsonNode answer = await AskShopAsync();
            string cluster = answer["cluster"]!.GetValue<string>();
            clusters.Add(cluster);
            Assert.Equal("api", answer["api"]!["workload"]!.GetValue<string>());
            across |= answer["api"]!["cluster"]!.GetValue<string>() != cluster;
            return clusters.Count >= 2 && across;
        });
    }

    [Fact]
    public async Task Step04_Explain_Api_SaysForEachClusterWhyItWasChosenOrRefused()
    {
        string text = (await _plane.FedctlAsync("explain", "workload", "api")).Done().Out;
        Assert.Contains("4 replicas placed", text, StringComparison.Ordinal);
        foreach (string cluster in (string[])["edge", "eu-cloud", "us-cloud"])
            Assert.Matches($@"(?m)^{cluster}: .+\n +\w.+$", text);
    }
}
